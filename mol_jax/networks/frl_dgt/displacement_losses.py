"""The self-supervised losses of the displacements, Eqs 1–4, one value per pair.

All are computed in at least float32. Shapes: N pairs of frames of S×S px, B clips. D is [N,S,S,2]
in grid units (`mol_jax.networks.frl_dgt.warp`).

frl: D is in grid units in every loss, after α. In pixels the smoothness and the size of D outweigh
what it explains, and it stays zero: tried with D free, 0.86 of a bump of half a pixel was recovered
in grid units and nothing in pixels.
"""

from typing import NamedTuple

import chex
import jax
import jax.numpy as jnp

from mol_jax.networks.classification import times, wide


class Weights(NamedTuple):
    """The weights of Eq 4, each may be traced: of L_rec, of L_nm and of L_sm."""

    rec: jax.Array | float = 10.0
    nm: jax.Array | float = 1.0
    sm: jax.Array | float = 0.2


def reconstruction(warped: jax.Array, second: jax.Array) -> jax.Array:
    """L_rec: mean of |G − F| over the pixels of two frames [N,S,S] in [−1,1] → [N], Eq 1.

    Grey levels count from 0 to 1 in it, half of what frames have.
    frl: a mean over pixels. Eq 1 prints none, Eqs 2 and 3 do, and the weights of Eq 4 make sense
    with no other.
    """
    chex.assert_rank(warped, 3)
    chex.assert_equal_shape([warped, second])
    difference = wide(warped) - wide(second).astype(wide(warped).dtype)
    return jnp.mean(_absolute(difference), axis=(1, 2)) / 2


def magnitude(displacement: jax.Array) -> jax.Array:
    """L_nm: mean of |D^x| + |D^y| over the pixels of D [N,S,S,2] → [N], Eq 2."""
    chex.assert_shape(displacement, (None, None, None, 2))
    return jnp.mean(_size(wide(displacement)), axis=(1, 2))


def roughness(displacement: jax.Array) -> jax.Array:
    """L_sm: mean |difference| of neighbours in D [N,S,S,2], along x plus along y → [N], Eq 3."""
    chex.assert_shape(displacement, (None, None, None, 2))
    along_x, along_y = (
        jnp.mean(_size(jnp.diff(wide(displacement), axis=axis)), axis=(1, 2)) for axis in (2, 1)
    )
    return along_x + along_y


def terms(
    displacement: jax.Array,
    warped: jax.Array,
    second: jax.Array,
    weights: Weights,
    *,
    clips: int,
    labelled: int,
) -> dict[str, jax.Array]:
    """The terms of L_DGM per clip, weighted, each [B]: they sum to it (Eq 4).

    Args:
        displacement: D [N,S,S,2]. warped: G [N,S,S] of it. second: [N,S,S], what G is to resemble.
        clips: B. labelled: how many of the N are labelled pairs, which come first. They and the
            random pairs behind them are whole multiples of B, all those of a clip side by side.

    "rec", "nm" and "sm" are of the labelled pairs, "pair_rec" and so on of the random ones, the
    mean over a clip's pairs. With random pairs each kind counts half; without them the labelled
    ones count whole, and there are three terms.
    """
    count = len(displacement)
    chex.assert_shape([warped, second], (count, *displacement.shape[1:3]))
    assert 0 < labelled <= count and labelled % clips == (count - labelled) % clips == 0
    each = {
        "rec": times(weights.rec, reconstruction(warped, second)),
        "nm": times(weights.nm, magnitude(displacement)),
        "sm": times(weights.sm, roughness(displacement)),
    }
    if labelled == count:
        return {name: _by_clip(term, clips) for name, term in each.items()}
    halves = {name: _by_clip(term[:labelled], clips) / 2 for name, term in each.items()}
    return halves | {f"pair_{name}": _by_clip(x[labelled:], clips) / 2 for name, x in each.items()}


def _size(displacement: jax.Array) -> jax.Array:
    """|D| = |D^x| + |D^y| of [...,2] → [...]."""
    return jnp.sum(_absolute(displacement), axis=-1)


def _absolute(x: jax.Array) -> jax.Array:
    """|x|, whose gradient at 0 is 0: that of `jnp.abs` is 1, which would move what is at rest."""
    return x * jnp.sign(x)


def _by_clip(term: jax.Array, clips: int) -> jax.Array:
    """The mean over each clip's pairs: [B·pairs] → [B]."""
    return term.reshape(clips, -1).mean(axis=1)
