"""RCN-A's attention, which has no parameters: where a map looks like the weights of any class.

Shapes: B clips, maps of p×p places and C channels, n classes.
"""

import chex
import jax
import jax.numpy as jnp
import numpy as np

from mol_jax.networks.layers import EXACT
from mol_jax.networks.shallow import largest

# A range up to this counts as none. Above it the square of its inverse, which is in the gradient,
# is a float32 still.
FLAT = 1e-18


def attention(maps: jax.Array, weights: jax.Array) -> jax.Array:
    """Returns [B,p,p,1], each in [0, 1], of maps [B,p,p,C] and class weights [p,p,C,n].

    m_k = mean over C of maps ⊙ weights_k; m_k ← (m_k − min)/(max − min) over its p×p places, and 0
    where it is the same everywhere, which the authors' code divides by; then the mean over k. The
    gradient reaches the weights here too.
    """
    chex.assert_rank([maps, weights], 4)
    chex.assert_equal(maps.shape[1:], weights.shape[:3])
    m = jnp.einsum("bpqc,pqcn->bpqn", maps, weights, precision=EXACT) / maps.shape[-1]
    m = m.reshape(len(m), -1, m.shape[-1])  # [B,p·p,n]
    low, high = -largest(-m, axis=1), largest(m, axis=1)
    differs = high - low > FLAT
    m = jnp.where(differs, (m - low) / jnp.where(differs, high - low, 1), 0)
    return m.mean(axis=-1).reshape(*maps.shape[:3], 1)


def average_pool(x: jax.Array, places: int) -> jax.Array:
    """Returns the means of maps [B,S,S,C] over p×p bins → [B,p,p,C].

    Bin i is from ⌊i·S/p⌋ to before ⌈(i+1)·S/p⌉, as PyTorch's adaptive pooling has it: where p does
    not divide S neighbours overlap.
    """
    _, side, other, _ = x.shape
    chex.assert_equal(side, other)
    bins = jnp.asarray(_bins(side, places), x.dtype)
    return jnp.einsum("ps,qt,bstc->bpqc", bins, bins, x, precision=EXACT)


def _bins(side: int, places: int) -> np.ndarray:
    """Returns [p,S], the share of each pixel in each bin's mean."""
    bins = np.zeros((places, side))
    for i in range(places):
        low, high = i * side // places, -(-(i + 1) * side // places)
        bins[i, low:high] = 1 / (high - low)
    return bins
