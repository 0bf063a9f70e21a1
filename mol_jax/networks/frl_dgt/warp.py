"""The warp of Eq 1: a frame taken along a displacement.

A displacement D is [N,S,S,2], (x, y) with x to the right and y down. It lives in grid units: 1 is
half the image, (S−1)/2 px of a side of S px. N is any batch of pairs of frames.
"""

import chex
import jax
import jax.numpy as jnp
from jax import lax

from mol_jax.networks.classification import wide


def pixels(displacement: jax.Array) -> jax.Array:
    """A displacement [...,S,S,2] in grid units → the same in px, at least float32."""
    chex.assert_shape(displacement, (..., None, displacement.shape[-2], 2))
    return (displacement.shape[-2] - 1) / 2 * wide(displacement)


def grid_units(shift: jax.Array) -> jax.Array:
    """A shift [...,S,S,2] in px → the same in grid units: the inverse of `pixels`."""
    chex.assert_shape(shift, (..., None, shift.shape[-2], 2))
    return wide(shift) / ((shift.shape[-2] - 1) / 2)


def warp(frames: jax.Array, displacement: jax.Array) -> jax.Array:
    """Frames [N,S,S] and D [N,S,S,2] → G [N,S,S], G(p) = F(p − (S−1)/2 · D(p)), bilinear (Eq 1).

    Coordinates are clamped to [0, S−1]. D = 0 gives the frames themselves, bit for bit. Computed in
    at least float32: in bfloat16 a coordinate near 200 is off by half a pixel.

    frl: the text moves the content of the onset from p to p + D, and then samples, which works
    backwards. With the minus D means onset to apex, to first order, as TV-L1's onset→apex flow
    does, and can lie beside it. No loss depends on the sign.

    Frames are data, so nothing is differentiated with respect to them: the gradient needs no
    scatter, only the weights of the four neighbours.
    """
    chex.assert_shape(displacement, (None, None, None, 2))
    count, side = displacement.shape[:2]
    chex.assert_shape(frames, (count, side, side))
    assert side >= 2, frames.shape
    shift = pixels(displacement)
    rows, cols = (lax.broadcasted_iota(shift.dtype, frames.shape, axis) for axis in (1, 2))
    left, right_share = _cell(cols - shift[..., 0], side)
    top, bottom_share = _cell(rows - shift[..., 1], side)
    flat = lax.stop_gradient(frames).astype(shift.dtype).reshape(count, side * side)
    corner = top * side + left
    upper = _between(_at(flat, corner), _at(flat, corner + 1), right_share)
    lower = _between(_at(flat, corner + side), _at(flat, corner + side + 1), right_share)
    return _between(upper, lower, bottom_share)


def _cell(place: jax.Array, side: int) -> tuple[jax.Array, jax.Array]:
    """Coordinates along an axis → the pixel before each, int32 in [0, S−2], and the next's share.

    The last pixel is the share 1 of the last cell, so a gradient leads inwards from there too.
    """
    place = jnp.clip(place, 0, side - 1)
    before = lax.stop_gradient(jnp.clip(jnp.floor(place), 0, side - 2))
    return before.astype(jnp.int32), place - before


def _at(flat: jax.Array, index: jax.Array) -> jax.Array:
    """Frames [N,S·S] at the pixels of index [N,S,S], which a displacement that is NaN may leave."""
    picked = jnp.take_along_axis(flat, index.reshape(flat.shape), axis=1, mode="clip")
    return picked.reshape(index.shape)


def _between(first: jax.Array, second: jax.Array, share: jax.Array) -> jax.Array:
    """The point between two values at the share of the second; at 0 and at 1 it is one of them."""
    return (1 - share) * first + share * second
