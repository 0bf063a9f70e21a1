"""Weights that can be given away: one file with a card, written, checked and found by its name.

A file is safetensors: numbers and text, nothing that runs. Nothing here needs JAX, and nothing
reads from a network.
"""

from mol_jax.weights.card import NOBODY, Card
from mol_jax.weights.file import Weights, read, write
from mol_jax.weights.place import find

__all__ = ["NOBODY", "Card", "Weights", "find", "read", "write"]
