"""Crops and mirrors that move a clip's frames, flow and landmarks together, where they are read.

Every function takes one clip, without a batch axis; the caller maps it. Shapes: t frames of S×S px
(aligned) or of crop×crop px. Landmarks are (x, y), flow is (u, v) with u to the right, both in px,
and whole numbers are pixel centres. All frames of a clip get the same draw (Section 4.1).
"""

import dataclasses

import chex
import jax
import jax.numpy as jnp
from jax import Array, lax

from mol_jax.data.clips import Batch, ClipTable
from mol_jax.data.landmarks import mirrored
from mol_jax.data.recipe import RECIPES


def crop(clip: ClipTable, corner: Array, size: int) -> ClipTable:
    """Cuts the square of `size` px whose top left pixel is `corner` = (x, y), int32 [2].

    Inputs that recipes made are of the whole aligned image, and stay as they are.
    """
    _assert_one_clip(clip)
    chex.assert_shape(corner, (2,))
    x, y = corner[0], corner[1]
    zero = jnp.zeros_like(x)
    frames, flow, landmarks = clip.frames, clip.flow, clip.landmarks
    if frames is not None:
        frames = lax.dynamic_slice(frames, (zero, y, x), (frames.shape[0], size, size))
    if flow is not None:
        flow = lax.dynamic_slice(flow, (zero, y, x, zero), (flow.shape[0], size, size, 2))
    if landmarks is not None:
        landmarks = landmarks - corner.astype(landmarks.dtype)[None, None]
    return dataclasses.replace(clip, frames=frames, flow=flow, landmarks=landmarks)


def mirror(clip: ClipTable, width: int, side: int) -> ClipTable:
    """Mirrors a clip of `width` px, cut from an aligned image of `side` px, left to right.

    u changes its sign, left and right landmarks their index. Inputs are of the aligned image, and
    mirrored as their recipes say.
    """
    _assert_one_clip(clip)
    frames, flow, landmarks = clip.frames, clip.flow, clip.landmarks
    if frames is not None:
        frames = frames[..., ::-1]
    if flow is not None:
        flow = jnp.stack([-flow[..., 0], flow[..., 1]], axis=-1)[:, :, ::-1]
    if landmarks is not None:
        landmarks = mirrored(landmarks, width)
    inputs = {name: RECIPES[name].mirror(leaf, side) for name, leaf in clip.inputs.items()}
    return dataclasses.replace(clip, frames=frames, flow=flow, landmarks=landmarks, inputs=inputs)


def draw(
    key: Array, clip: ClipTable, *, side: int, size: int, jitter: Array, flip: Array
) -> ClipTable:
    """Returns a random crop of `size` px of a clip of `side` px, mirrored with probability `flip`.

    `jitter` in [0, 1] scales the corner's distance from the centre crop's: 1 is uniform over the
    aligned image, 0 is the centre.
    """
    corner_key, flip_key = jax.random.split(key)
    margin = side - size
    centre = margin // 2
    corner = jax.random.randint(corner_key, (2,), 0, margin + 1)
    offset = jnp.round(jitter * (corner - centre).astype(jnp.float32)).astype(jnp.int32)
    cut = crop(clip, centre + offset, size)
    flipped = jax.random.uniform(flip_key) < flip
    return jax.tree.map(lambda a, b: jnp.where(flipped, a, b), mirror(cut, size, side), cut)


def centre(clip: ClipTable, *, side: int, size: int) -> ClipTable:
    """Returns the centre crop of `size` px of a clip of `side` px, as used in every test.

    It is `crop` at a corner that stands in the program, which every converter of one takes.
    """
    _assert_one_clip(clip)
    at = (side - size) // 2
    cut = slice(at, at + size)
    frames, flow, landmarks = clip.frames, clip.flow, clip.landmarks
    return dataclasses.replace(
        clip,
        frames=None if frames is None else frames[:, cut, cut],
        flow=None if flow is None else flow[:, cut, cut],
        landmarks=None if landmarks is None else landmarks - at,
    )


def to_batch(clips: ClipTable, dtype: jnp.dtype = jnp.float32) -> Batch:
    """Returns the network's input for cropped clips [B, ...]: pixels as x/127.5 − 1.

    paper: silent on pixel values. Fixed constants read no statistics off any clip, so none can
    leak from the held-out subject; a table with `pixels` of its own asks for others. The targets
    are float32 at least, whatever the compute type, and so are inputs, but those of whole numbers,
    which stay as they are: frames of a recipe take a quarter of the room.
    """
    chex.assert_rank(clips.label, 1)
    _assert_ranks(clips, frames=4, flow=5, landmarks=4)
    target = dtype if jnp.finfo(dtype).bits > 32 else jnp.float32
    frames = clips.frames
    if frames is not None and clips.pixels is not None:
        scale, shift = (clips.pixels[:, i, None, None, None].astype(dtype) for i in (0, 1))
        frames = frames.astype(dtype) * scale + shift
    elif frames is not None:
        frames = frames.astype(dtype) / 127.5 - 1

    def cast(leaf: Array) -> Array:
        return leaf.astype(target) if jnp.issubdtype(leaf.dtype, jnp.floating) else leaf

    flow, landmarks, inputs = jax.tree.map(cast, (clips.flow, clips.landmarks, clips.inputs))
    return Batch(frames=frames, flow=flow, landmarks=landmarks, label=clips.label, inputs=inputs)


def _assert_one_clip(clip: ClipTable) -> None:
    _assert_ranks(clip, frames=3, flow=4, landmarks=3)


def _assert_ranks(clips: ClipTable, **ranks: int) -> None:
    """Asserts the rank of every leaf that is read, and the last axes of flow and landmarks."""
    for name, rank in ranks.items():
        leaf, last = getattr(clips, name), {"flow": (2,), "landmarks": (68, 2)}.get(name, ())
        if leaf is not None:
            chex.assert_rank(leaf, rank)
            chex.assert_shape(leaf, (..., *last))
