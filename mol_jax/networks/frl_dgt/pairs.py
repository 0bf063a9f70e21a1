"""Which two frames of a clip are shown together: the labelled pair, and random ones.

Shapes: B clips of S×S px, T frames of each. Frames come as uint8 and pairs leave as float32 in
[−1,1] (x/127.5 − 1), whatever is computed in after it.
"""

import chex
import jax
import jax.numpy as jnp
import numpy as np

from mol_jax.data import key_frames
from mol_jax.networks.frl_dgt.warp import grid_units, warp


def annotated(frames: jax.Array) -> jax.Array:
    """Returns onset and annotated apex of key frames [B,16,S,S] → [B,2,S,S]."""
    _assert_key_frames(frames)
    return _scaled(frames[:, np.array([key_frames.ONSET, key_frames.APEX])])


def near_apex(key: jax.Array, frames: jax.Array, shift: int) -> jax.Array:
    """Returns each clip's onset and a frame at most `shift` from its apex, drawn evenly.

    Key frames [B,16,S,S] → [B,2,S,S].
    frl: the paper moves the apex "before or after" and gives no range: two frames.
    """
    _assert_key_frames(frames)
    apex = key_frames.APEX + jax.random.randint(key, (len(frames),), -shift, shift + 1)
    return _picked(frames, jnp.full_like(apex, key_frames.ONSET), apex)


def with_onset(frames: jax.Array) -> jax.Array:
    """Returns the onset with each later frame: [B,T,S,S] → [B·(T−1),2,S,S], a clip's in a row."""
    chex.assert_rank(frames, 4)
    later = frames[:, 1:]
    onset = jnp.broadcast_to(frames[:, :1], later.shape)
    return _scaled(jnp.stack([onset, later], axis=2).reshape(-1, 2, *frames.shape[2:]))


def even(frames: jax.Array, *, sequence: bool) -> jax.Array:
    """Returns the frames from onset to offset of which random pairs are made, [B,T,S,S]."""
    return frames if sequence else frames[:, key_frames.FROM_ONSET_TO_OFFSET]


def random(key: jax.Array, frames: jax.Array) -> jax.Array:
    """Returns two different frames of each clip, in either order: [B,T,S,S] → [B,2,S,S].

    Both are of the same clip, so of the fold's own rows: the held-out person's frames without a
    label are still the held-out person's.
    frl: one pair for each labelled clip and update, since the paper gives no number.
    """
    chex.assert_rank(frames, 4)
    clips, count = frames.shape[:2]
    first_key, step_key = jax.random.split(key)
    first = jax.random.randint(first_key, (clips,), 0, count)
    step = jax.random.randint(step_key, (clips,), 1, count)
    return _picked(frames, first, (first + step) % count)


def magnified(key: jax.Array, pairs: jax.Array, flow: jax.Array, most: float) -> jax.Array:
    """Returns pairs [B,2,S,S] whose second frame has moved γ times as far, γ ~ U[1, most].

    The frame is sampled at p − (γ−1)·u(p), u the flow [B,S,S,2] px from onset to apex.
    frl: the paper's motion magnification (MagNet) comes without its factor, and without saying
    whether test clips were magnified. This stands in for it, in training alone.
    """
    extra = jax.random.uniform(key, (len(pairs), 1, 1, 1), maxval=most - 1)
    moved = warp(pairs[:, 1], grid_units(extra * flow))
    return jnp.stack([pairs[:, 0], moved], axis=1)


def _assert_key_frames(frames: jax.Array) -> None:
    chex.assert_shape(frames, (None, key_frames.SLOTS, None, None))


def _picked(frames: jax.Array, first: jax.Array, second: jax.Array) -> jax.Array:
    """Returns the frames at int32 [B] and int32 [B] of each clip, [B,2,S,S] in [−1,1]."""
    slots = jnp.stack([first, second], axis=1)
    return _scaled(jnp.take_along_axis(frames, slots[:, :, None, None], axis=1))


def _scaled(frames: jax.Array) -> jax.Array:
    return frames.astype(jnp.float32) / 127.5 - 1
