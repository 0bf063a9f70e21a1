"""Crops and mirrors that move a clip's frames, flow and landmarks together.

Every function takes one clip, without a batch axis; the caller maps it. Shapes: t frames of S×S px
(aligned) or of crop×crop px. Landmarks are (x, y), flow is (u, v) with u to the right, both in px,
and whole numbers are pixel centres. All frames of a clip get the same draw (Section 4.1).
"""

import dataclasses

import chex
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from mol_jax.data import Batch, ClipTable

# Landmark i of the mirrored face is landmark MIRROR[i] of the face (the 68-point scheme).
MIRROR = np.array(
    [
        *range(16, -1, -1),  # jaw
        *range(26, 16, -1),  # brows
        *(27, 28, 29, 30, 35, 34, 33, 32, 31),  # nose
        *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),  # eyes
        *(54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55),  # outer lips
        *(64, 63, 62, 61, 60, 67, 66, 65),  # inner lips
    ]
)


def _assert_one_clip(clip: ClipTable) -> None:
    chex.assert_rank(clip.frames, 3)
    chex.assert_shape([clip.flow, clip.landmarks], [(None, None, None, 2), (None, 68, 2)])


def crop(clip: ClipTable, corner: Array, size: int) -> ClipTable:
    """Cuts the square of `size` px whose top left pixel is `corner` = (x, y), int32 [2]."""
    _assert_one_clip(clip)
    chex.assert_shape(corner, (2,))
    x, y = corner[0], corner[1]
    zero = jnp.zeros_like(x)
    return dataclasses.replace(
        clip,
        frames=lax.dynamic_slice(clip.frames, (zero, y, x), (clip.frames.shape[0], size, size)),
        flow=lax.dynamic_slice(clip.flow, (zero, y, x, zero), (clip.flow.shape[0], size, size, 2)),
        landmarks=clip.landmarks - corner.astype(clip.landmarks.dtype)[None, None],
    )


def mirror(clip: ClipTable) -> ClipTable:
    """Mirrors a clip left to right: u changes its sign, left and right landmarks their index."""
    _assert_one_clip(clip)
    last = clip.frames.shape[-1] - 1
    x, y = clip.landmarks[..., 0], clip.landmarks[..., 1]
    u, v = clip.flow[..., 0], clip.flow[..., 1]
    return dataclasses.replace(
        clip,
        frames=clip.frames[..., ::-1],
        flow=jnp.stack([-u, v], axis=-1)[:, :, ::-1],
        landmarks=jnp.stack([last - x, y], axis=-1)[:, MIRROR],
    )


def draw(key: Array, clip: ClipTable, *, size: int, jitter: Array, flip: Array) -> ClipTable:
    """Returns a random crop of `size` px, mirrored with probability `flip`.

    `jitter` in [0, 1] scales the corner's distance from the centre crop's: 1 is uniform over the
    aligned image, 0 is the centre.
    """
    corner_key, flip_key = jax.random.split(key)
    margin = clip.frames.shape[-1] - size
    centre = margin // 2
    corner = jax.random.randint(corner_key, (2,), 0, margin + 1)
    offset = jnp.round(jitter * (corner - centre).astype(jnp.float32)).astype(jnp.int32)
    cut = crop(clip, centre + offset, size)
    mirrored = jax.random.uniform(flip_key) < flip
    return jax.tree.map(lambda a, b: jnp.where(mirrored, a, b), mirror(cut), cut)


def centre(clip: ClipTable, *, size: int) -> ClipTable:
    """Returns the centre crop of `size` px, as used in every test."""
    start = (clip.frames.shape[-1] - size) // 2
    return crop(clip, jnp.full((2,), start, jnp.int32), size)


def to_batch(clips: ClipTable, dtype: jnp.dtype = jnp.float32) -> Batch:
    """Returns the network's input for cropped clips [B, ...]: pixels as x/127.5 − 1.

    paper: silent on pixel values. Fixed constants read no statistics off any clip, so none can
    leak from the held-out subject; a table with `pixels` of its own asks for others. The targets
    are float32 at least, whatever the compute type.
    """
    chex.assert_rank([clips.frames, clips.flow, clips.landmarks, clips.label], [4, 5, 4, 1])
    target = dtype if jnp.finfo(dtype).bits > 32 else jnp.float32
    frames = clips.frames.astype(dtype) / 127.5 - 1
    if clips.pixels is not None:
        scale, shift = (clips.pixels[:, i, None, None, None].astype(dtype) for i in (0, 1))
        frames = clips.frames.astype(dtype) * scale + shift
    return Batch(
        frames=frames,
        flow=clips.flow.astype(target),
        landmarks=clips.landmarks.astype(target),
        label=clips.label,
    )
