"""Boxes of an image brought to one size, by two products with rows of tents.

A gather would do, but its gradient is a scatter, slow and not deterministic on a GPU; a dynamic
slice has one size. Here boxes are traced, shapes are static, and the transpose is two products too.

Shapes: B clips, S the image's side, M its channels, K boxes, a the side that they are brought to.
"""

import chex
import jax
import jax.numpy as jnp

from mol_jax.networks.layers import EXACT


def tents(low: jax.Array, high: jax.Array, *, side: int, size: int) -> jax.Array:
    """Weights [...,size,side] of the pixels of an axis in `size` samples from `low` to `high`.

    W[i,y] = max(0, 1 − |y − u_i|/s) over its row's sum, u_i = low + i·(high − low)/(size − 1) and
    s = max(1, (high − low)/(size − 1)): linear interpolation where samples lie closer than pixels,
    a triangle filter, which lets nothing fold, where they lie further apart. Ends [...] are px in
    [0, side − 1], whole numbers being pixel centres.
    """
    assert size > 1, size
    chex.assert_equal_shape([low, high])
    low, high = low[..., None, None], high[..., None, None]
    step = (high - low) / (size - 1)
    extra = (None,) * (low.ndim - 2)
    samples = low + step * jnp.arange(size, dtype=jnp.float32)[:, None][extra]
    pixels = jnp.arange(side, dtype=jnp.float32)[None][(*extra, ...)]
    weights = jnp.maximum(0, 1 - jnp.abs(pixels - samples) / jnp.maximum(1, step))
    return weights / weights.sum(axis=-1, keepdims=True)


def resample(images: jax.Array, boxes: jax.Array, size: int) -> jax.Array:
    """Images [B,S,S,M] and boxes [B,K,4] of (x0, y0, x1, y1) px → [B,K,size,size,M], float32.

    frl: the paper says 90×90 and no more. The aspect is not kept, and motion is not rescaled with
    the box. float32 whatever is computed in after it: of bfloat16, a place near 200 px is off by
    half a pixel and a frame by a quarter of a grey level.
    """
    batch, side = images.shape[:2]
    chex.assert_shape(images, (batch, side, side, None))
    chex.assert_shape(boxes, (batch, None, 4))
    images, boxes = images.astype(jnp.float32), boxes.astype(jnp.float32)
    across = tents(boxes[..., 0], boxes[..., 2], side=side, size=size)
    down = tents(boxes[..., 1], boxes[..., 3], side=side, size=size)
    rows = jnp.einsum("bkiy,byxm->bkixm", down, images, precision=EXACT)
    return jnp.einsum("bkjx,bkixm->bkijm", across, rows, precision=EXACT)


def patches(images: jax.Array, size: int) -> jax.Array:
    """Images [...,S,S,M] → their patches of `size` px [...,(S/size)²,size²·M], row by row."""
    *batch, side, width, channels = images.shape
    assert side == width and side % size == 0, (side, width, size)
    count = side // size
    images = images.reshape(*batch, count, size, count, size, channels)
    return images.swapaxes(-4, -3).reshape(*batch, count**2, size**2 * channels)
