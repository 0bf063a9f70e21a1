"""The tables of FRL-DGT's paper by their number, in its order."""

from mol_jax.paper.frl_dgt.casme2 import MOVED, TABLE_3
from mol_jax.paper.frl_dgt.composite import COMPOSITE

TABLES = {table.number: table for table in (*COMPOSITE, TABLE_3, MOVED)}
