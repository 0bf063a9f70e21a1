"""The tables of the paper's experiments by their number, in its order."""

from mol_jax.paper.mol.ablations import ABLATIONS
from mol_jax.paper.mol.comparisons import COMPARISONS

TABLES = {table.number: table for table in (*COMPARISONS, *ABLATIONS)}
