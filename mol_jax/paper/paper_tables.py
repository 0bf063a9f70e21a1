"""The tables of the paper's experiments by their number, in its order."""

from mol_jax.paper.paper_ablations import ABLATIONS
from mol_jax.paper.paper_comparisons import COMPARISONS

TABLES = {table.number: table for table in (*COMPARISONS, *ABLATIONS)}
