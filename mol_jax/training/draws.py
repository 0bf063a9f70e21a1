"""Randomness is addressed, not threaded: a key for every named stream of draws at every step."""

import zlib

import jax
from jax import Array


def stream(key: Array, name: str, step: Array | int) -> Array:
    """Returns the key of a named stream of draws at a step; a new stream shifts no other."""
    return jax.random.fold_in(jax.random.fold_in(key, zlib.crc32(name.encode())), step)
