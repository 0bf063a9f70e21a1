"""Which action units go together, counted of a fold's training clips: GRAPH-AU's fixed graph.

Shapes: M clips, K action units.
"""

import chex
import jax
import jax.numpy as jnp

from mol_jax.networks.layers import EXACT


def together(shown: jax.Array, counted: jax.Array) -> jax.Array:
    """Returns A, float32 [K,K]: how often unit i is there where unit j is; 1 on the diagonal.

    A_ij = count(i and j) / count(j); column j of the identity where no clip shows j.

    Args:
        shown: bool [M,K]. counted: bool [M], the clips that count; others change nothing.
    """
    chex.assert_rank([shown, counted], [2, 1])
    rows = (shown & counted[:, None]).astype(jnp.float32)
    both = jnp.matmul(rows.T, rows, precision=EXACT)
    count = jnp.diagonal(both)[None]
    share = both / jnp.maximum(count, 1.0)
    return jnp.where(jnp.eye(len(both), dtype=bool), 1.0, share)


def normalised(adjacency: jax.Array) -> jax.Array:
    """Returns Â = (A D^−½)ᵀ D^−½ [K,K], D being the sums of A's rows."""
    scale = adjacency.sum(axis=1) ** -0.5
    return (adjacency * scale[None]).T * scale[None]
