"""What a classifier makes of clips, and losses of it that any network may use.

A loss has one value per clip: the caller reduces. All are computed in at least float32.
Shapes: B clips, n classes.
"""

import chex
import flax.struct
import jax
import jax.numpy as jnp

from mol_jax.networks.layers import EXACT, at_least_float32
from mol_jax.networks.network import Facts, Scalars

SURE = 1e-6  # below this a distance from certainty, or a squared length, counts as this


@flax.struct.dataclass
class Classified:
    """logits: [B,n]. embedding: [B,d], what the logits are made of."""

    logits: jax.Array
    embedding: jax.Array


def terms(
    logits: jax.Array,
    label: jax.Array,
    scalars: Scalars,
    facts: Facts,
    *,
    embedding: jax.Array | None = None,
    auxiliary: str = "none",
) -> dict[str, jax.Array]:
    """Returns {"mer": [B]}, and "auxiliary" where that is asked for: what config.loss describes.

    Args:
        logits: [B,n]. label: [B].
        embedding: [B,d], what the logits are made of.
        auxiliary: loss.auxiliary; "supcon" for a weighted term on the embedding.
    """
    chex.assert_rank([logits, label, facts.class_counts], [2, 1, 1])
    mer = cross_entropy(
        adjusted(logits, facts.class_counts, scalars["logit_adjustment"]),
        label,
        label_smoothing=scalars["label_smoothing"],
        focal_gamma=scalars["focal_gamma"],
    )
    if auxiliary == "none":
        return {"mer": mer}
    assert auxiliary == "supcon" and embedding is not None, auxiliary
    near = supervised_contrastive(embedding, label, scalars["temperature"])
    return {"mer": mer, "auxiliary": times(scalars["lambda_auxiliary"], near)}


def cross_entropy(
    logits: jax.Array,
    label: jax.Array,
    *,
    label_smoothing: jax.Array | float = 0.0,
    focal_gamma: jax.Array | float = 0.0,
) -> jax.Array:
    """Cross entropy of logits [B,n] with labels [B] → [B], Eq 6.

    With smoothing ε the target is 1−ε on the label plus ε/n on every class. With γ above 0 a clip
    counts (1 − p)^γ times, p being its label's probability: the focal loss (Lin et al. 2017, Eq 4).
    """
    chex.assert_rank(logits, 2)
    chex.assert_shape(label, logits.shape[:1])
    log_p = jax.nn.log_softmax(wide(logits))
    smoothing = jnp.asarray(label_smoothing, log_p.dtype)
    one_hot = jax.nn.one_hot(label, log_p.shape[-1], dtype=log_p.dtype)
    target = (1 - smoothing) * one_hot + smoothing / log_p.shape[-1]
    p = jnp.exp(jnp.sum(one_hot * log_p, axis=-1))
    # Where p rounds to 1 the power's gradient would not be finite.
    weight = jnp.maximum(1 - p, SURE) ** jnp.asarray(focal_gamma, log_p.dtype)
    return -weight * jnp.sum(target * log_p, axis=-1)


def adjusted(logits: jax.Array, class_counts: jax.Array, strength: jax.Array | float) -> jax.Array:
    """Logits [B,n] plus τ·log π, π being the training rows' class frequencies (Menon et al. 2021).

    Training on them and predicting with the bare logits favours no class for its frequency. A
    class without a row, which is never a label, counts as one row.
    """
    chex.assert_rank(logits, 2)
    chex.assert_shape(class_counts, logits.shape[1:])
    logits = wide(logits)
    counts = jnp.maximum(class_counts, 1).astype(logits.dtype)
    return logits + times(strength, jnp.log(counts / counts.sum()))[None]


def supervised_contrastive(
    embedding: jax.Array, label: jax.Array, temperature: jax.Array | float
) -> jax.Array:
    """Supervised contrastive loss of embeddings [B,d] with labels [B] → [B].

    Khosla et al. 2020, Eq 2 (L_out), of embeddings brought to unit length. A row that is the only
    one of its class in the batch has nothing to be near to: 0. A clip that was drawn twice, in
    other crops, is near to itself, as the views of an image are there.
    """
    chex.assert_rank(embedding, 2)
    chex.assert_shape(label, embedding.shape[:1])
    z = wide(embedding)
    z = z / jnp.sqrt(jnp.sum(z * z, axis=-1, keepdims=True) + SURE)
    similarity = jnp.matmul(z, z.T, precision=EXACT) / jnp.asarray(temperature, z.dtype)
    other = ~jnp.eye(len(label), dtype=bool)
    log_p = similarity - jax.nn.logsumexp(similarity, axis=-1, keepdims=True, where=other)
    positive = other & (label[:, None] == label[None])
    count = jnp.maximum(positive.sum(axis=-1), 1).astype(z.dtype)
    return -jnp.sum(log_p, axis=-1, where=positive) / count


def times(scale: jax.Array | float, x: jax.Array) -> jax.Array:
    """Returns x, weighted in its own type."""
    return jnp.asarray(scale, x.dtype) * x


def wide(x: jax.Array) -> jax.Array:
    """Returns x in at least float32."""
    return x.astype(at_least_float32(x.dtype))
