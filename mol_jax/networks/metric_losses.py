"""Losses of an embedding: how near clips of one class lie to each other, or to their class.

A loss has one value per clip: the caller reduces. All are computed in at least float32.
Shapes: B clips, n classes, d numbers of an embedding.
"""

import chex
import jax
import jax.numpy as jnp

from mol_jax.networks.classification import SURE, cross_entropy, wide
from mol_jax.networks.layers import EXACT
from mol_jax.networks.shallow import largest


def center(embedding: jax.Array, label: jax.Array, centres: jax.Array) -> jax.Array:
    """Half the squared distance of each embedding [B,d] to its class's of `centres` [n,d] → [B].

    Wen et al. 2016, Eq 2. There a rule of its own moves the centres; here they are parameters.
    """
    chex.assert_rank([embedding, label, centres], [2, 1, 2])
    return 0.5 * jnp.sum((wide(embedding) - wide(centres)[label]) ** 2, axis=-1)


def triplet(embedding: jax.Array, label: jax.Array, margin: jax.Array | float) -> jax.Array:
    """How much nearer than `margin` beyond its own class the nearest other class lies → [B].

    Hermans et al. 2017, Eq 5 ("batch hard"): max(0, margin + the farthest clip of the class - the
    nearest of another), in distances of embeddings [B,d] brought to unit length, as those of
    `supervised_contrastive` are. A row without one or the other in the batch has 0.
    """
    chex.assert_rank([embedding, label], [2, 1])
    z = _unit(wide(embedding))
    squared = jnp.maximum(2 - 2 * jnp.matmul(z, z.T, precision=EXACT), 0)
    distance = jnp.sqrt(squared + SURE)  # whose gradient at 0 is finite
    same = label[:, None] == label[None]
    positive, negative = same & ~jnp.eye(len(label), dtype=bool), ~same
    farthest = largest(jnp.where(positive, distance, 0), axis=1)[:, 0]
    nearest = -largest(jnp.where(negative, -distance, -jnp.inf), axis=1)[:, 0]
    complete = positive.any(axis=-1) & negative.any(axis=-1)
    margin = jnp.asarray(margin, z.dtype)
    short = jnp.maximum(margin + farthest - jnp.where(complete, nearest, 0), 0)
    return jnp.where(complete, short, 0)


def cosface(
    embedding: jax.Array,
    label: jax.Array,
    directions: jax.Array,
    *,
    scale: jax.Array | float,
    margin: jax.Array | float,
) -> jax.Array:
    """Cross entropy of cosines of embeddings [B,d] with `directions` [n,d], less a margin → [B].

    Wang et al. 2018, Eq 4: the logits are scale · (cos θ - margin on the label).
    """
    chex.assert_rank([embedding, label, directions], [2, 1, 2])
    cosines = jnp.matmul(_unit(wide(embedding)), _unit(wide(directions)).T, precision=EXACT)
    one_hot = jax.nn.one_hot(label, len(directions), dtype=cosines.dtype)
    less = jnp.asarray(margin, cosines.dtype) * one_hot
    return cross_entropy(jnp.asarray(scale, cosines.dtype) * (cosines - less), label)


def _unit(x: jax.Array) -> jax.Array:
    """Returns rows brought to length 1; one of zeros stays so."""
    return x / jnp.sqrt(jnp.sum(x * x, axis=-1, keepdims=True) + SURE)
