"""MOL's measures, for tests that make the tables of a run up."""

from mol_jax.networks.mol.measures import FLOW, LANDMARKS
from mol_jax.scoring.measure import columns

MOL = FLOW + LANDMARKS
COLUMNS = columns(MOL)
