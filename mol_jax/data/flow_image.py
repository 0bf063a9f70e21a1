"""Flow and strain from onset to apex as one small image, which the small flow networks read.

The image is of the whole aligned face: (u, v, strain) at its own size, then shrunk by area. Flow
stays in px of the aligned image, whatever it is shrunk to. One clip's image is made of that clip
and of no other.
"""

import functools
from typing import Any

import numpy as np

from data_builders.pixels.strain import optical_strain
from mol_jax.data.recorded import RecordedClip


def make(clip: RecordedClip, *, side: int) -> np.ndarray:
    """Returns a clip's (u, v, strain), float32 [side, side, 3]."""
    return of_flow(clip.flow, side=side)


def of_flow(field: np.ndarray, *, side: int) -> np.ndarray:
    """Returns (u, v, strain) of a flow [S, S, 2], float32 [side, side, 3].

    u and v in px to the right and down, strain in px per px (`optical_strain`), taken at S px:
    of a flow that is shrunk first, it would be another number.
    """
    return shrunk(with_strain(field), side)


def with_strain(field: np.ndarray) -> np.ndarray:
    """Returns (u, v, strain) of a flow [..., S, S, 2] at its own size, float32 [..., S, S, 3]."""
    return np.concatenate([field.astype(np.float32), optical_strain(field)[..., None]], axis=-1)


def shrunk(image: np.ndarray, side: int) -> np.ndarray:
    """Returns an image [S, S, C] resized to [side, side, C] by area: R x Rᵀ for every channel."""
    weights = overlaps(image.shape[0], side)
    image = np.asarray(image, np.float64)
    return np.einsum("ik,klc,jl->ijc", weights, image, weights, optimize=True).astype(np.float32)


@functools.cache
def overlaps(length: int, side: int) -> np.ndarray:
    """Returns R, float64 [side, length]: how much of each new pixel lies over each old one.

    Rows sum to 1. Of a smaller image, each new pixel lies over one old one or two.
    """
    edges = np.arange(side + 1) * length / side
    old = np.arange(length)
    low = np.maximum(edges[:-1, None], old)
    high = np.minimum(edges[1:, None], old + 1)
    return np.maximum(high - low, 0) * side / length


def mirror(image: Any) -> Any:
    """Returns images [..., H, W, 3] of the clip mirrored left to right: u changes its sign."""
    sign = np.array([-1, 1, 1], image.dtype).reshape((1,) * (image.ndim - 1) + (3,))
    return image[..., ::-1, :] * sign
