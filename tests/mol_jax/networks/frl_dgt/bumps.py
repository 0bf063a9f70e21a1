"""Pairs of frames whose motion is known exactly: a smooth texture of which a bump has moved."""

import functools

import jax
import jax.numpy as jnp

WAVES = 16


def pair(key: jax.Array, side: int, largest: float) -> tuple[jax.Array, jax.Array]:
    """Returns frames [2,S,S], about in [−1,1], and their motion [S,S,2] in px, of one pair.

    The second frame is the first one's texture at p − d(p), computed and not resampled, and d a
    Gaussian of S/7 px somewhere near the middle, `largest` px in some direction.
    """
    of_waves, of_place, of_turn = jax.random.split(key, 3)
    rows, cols = jnp.mgrid[:side, :side].astype(jnp.float32)
    place = jnp.stack([cols, rows], axis=-1)
    centre = jax.random.uniform(of_place, (2,), minval=0.3 * side, maxval=0.7 * side)
    away = jnp.sum((place - centre[None, None]) ** 2, axis=-1)
    turn = jax.random.uniform(of_turn, maxval=2 * jnp.pi)
    direction = jnp.stack([jnp.cos(turn), jnp.sin(turn)])
    bump = jnp.exp(-away / (2 * (side / 7) ** 2))
    motion = largest * bump[..., None] * direction[None, None]
    return jnp.stack([_texture(of_waves, at) for at in (place, place - motion)]), motion


@functools.partial(jax.jit, static_argnames=("count", "side"))
def pairs(key: jax.Array, count: int, side: int, largest: float) -> tuple[jax.Array, jax.Array]:
    """Returns frames [N,2,S,S] and motions [N,S,S,2] in px of many pairs, no two of a texture."""
    return jax.vmap(lambda each: pair(each, side, largest))(jax.random.split(key, count))


def _texture(key: jax.Array, place: jax.Array) -> jax.Array:
    """Waves of 6 to 16 px in all directions, at places [S,S,2] → [S,S]; 0.35 is its deviation."""
    of_turn, of_length = jax.random.split(key)
    turn, phase = jax.random.uniform(of_turn, (2, WAVES), maxval=2 * jnp.pi)
    length = jax.random.uniform(of_length, (WAVES,), minval=6.0, maxval=16.0)
    number = (2 * jnp.pi / length)[None] * jnp.stack([jnp.cos(turn), jnp.sin(turn)])
    waves = jnp.cos(place @ number + phase[None, None])
    return 0.35 * jnp.sqrt(2 / WAVES) * waves.sum(axis=-1)
