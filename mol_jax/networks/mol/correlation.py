"""The correlation volume of FlowNet-C: every displacement of one map against another.

Displacements are even, so a pixel only ever meets pixels of its own parity: the volume is computed
on the four parity lattices, where the displacement step is one. There it is one matrix product per
lattice, and a displacement is a diagonal of it, brought into a column by padding and reshaping.

Shapes: P pairs, h and w the map, C channels.
"""

import chex
import jax
import jax.numpy as jnp

REACH = 10  # displacement steps to either side
STEP = 2  # pixels a step
DISPLACEMENTS = (2 * REACH + 1) ** 2  # 441 channels, vertical displacement slowest


def correlation(first: jax.Array, second: jax.Array) -> jax.Array:
    """Correlates two maps [P,h,w,C] over ±20 px in steps of 2 → [P,h,w,441].

    out[p,y,x,(i,j)] = 1/C Σ_c first[p,y,x,c] · second[p, y+2(i−10), x+2(j−10), c], zero outside.
    h and w are even.
    """
    live = live_correlation(first, second)
    (top, bottom), (left, right) = (live_steps(n) for n in first.shape[1:3])
    side = 2 * REACH + 1
    grid = live.reshape(*first.shape[:3], bottom - top, right - left)
    margins = ((0, 0), (0, 0), (0, 0), (top, side - bottom), (left, side - right))
    return jnp.pad(grid, margins).reshape(*first.shape[:3], DISPLACEMENTS)


def live_steps(size: int) -> tuple[int, int]:
    """The range [start, stop) of the 21 steps that can meet a pixel on an axis of `size` pixels."""
    reach = min(REACH, size // STEP - 1)
    return REACH - reach, REACH + reach + 1


def live_correlation(first: jax.Array, second: jax.Array) -> jax.Array:
    """`correlation` without the channels that are zero everywhere → [P,h,w,live], same order."""
    chex.assert_rank(first, 4)
    chex.assert_equal_shape([first, second])
    pairs, height, width, channels = first.shape
    assert height % STEP == width % STEP == 0, first.shape
    volume = jnp.einsum("plyxc,plvuc->plxuyv", _lattices(first), _lattices(second)) / channels
    volume = _diagonals(volume)  # [P,4,x,u,y,i]
    volume = _diagonals(jnp.transpose(volume, (0, 1, 4, 5, 2, 3)))  # [P,4,y,i,x,j]
    rows, i, cols, j = volume.shape[2:]
    volume = volume.reshape(pairs, STEP, STEP, rows, i, cols, j).transpose(0, 3, 1, 5, 2, 4, 6)
    return volume.reshape(pairs, height, width, i * j)


def _lattices(x: jax.Array) -> jax.Array:
    """[P,h,w,C] → [P,4,h/2,w/2,C], one map per parity of row and column."""
    p, h, w, c = x.shape
    x = x.reshape(p, h // STEP, STEP, w // STEP, STEP, c).transpose(0, 2, 4, 1, 3, 5)
    return x.reshape(p, STEP * STEP, h // STEP, w // STEP, c)


def _diagonals(x: jax.Array) -> jax.Array:
    """[...,n,n] → [...,n,2r+1] with out[a,r+d] = x[a,a+d], zero outside; r = min(10, n−1).

    In rows of length 2n, n zeros before each, x[a,a+d] lies at a(2n+1) + n + d: read with rows one
    longer, each diagonal is a column.
    """
    n = x.shape[-1]
    lead = x.shape[:-2]
    reach = min(REACH, n - 1)
    none = ((0, 0),) * len(lead)
    rows = jnp.pad(x, (*none, (0, 0), (n, 0))).reshape(*lead, 2 * n * n)
    skewed = jnp.pad(rows, (*none, (0, n))).reshape(*lead, n, 2 * n + 1)
    return skewed[..., n - reach : n + reach + 1]
