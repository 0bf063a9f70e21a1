"""The papers whose tables can be run, by their names."""

from mol_jax.paper.frl_dgt import about as frl_dgt
from mol_jax.paper.mol import about as mol

PAPERS = {paper.name: paper for paper in (mol.PAPER, frl_dgt.PAPER)}
