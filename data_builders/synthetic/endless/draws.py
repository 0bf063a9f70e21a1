"""Named streams of random numbers: one more, or one drawn from less, shifts no other."""

import zlib

import numpy as np

PERSON, CLIP = 0, 1  # what a number counts


class Draws:
    """The random numbers of one person or one clip.

    seed: of the whole stream of faces. kind: PERSON or CLIP. number: which one.
    """

    def __init__(self, seed: int, kind: int, number: int):
        self._key = [seed, kind, number]

    def __call__(self, name: str) -> np.random.Generator:
        """Returns the numbers of one name, from their beginning."""
        return np.random.default_rng([*self._key, zlib.crc32(name.encode())])
