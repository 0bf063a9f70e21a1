"""The losses of Sec 3.3, Eqs 6–9, one value per clip: the caller reduces.

All are computed in at least float32. Shapes: B clips, t frames, n classes.
"""

from typing import Protocol

import chex
import jax
import jax.numpy as jnp
from flax import struct

from mol_jax.networks.layers import at_least_float32
from mol_jax.networks.mol.mol import MolOutputs
from mol_jax.settings import Hparams

SURE = 1e-6  # below this a distance from certainty, or a squared length, counts as this
LEFT_EYE, RIGHT_EYE = slice(36, 42), slice(42, 48)  # of the 68 landmarks, as they lie in the image


class Truth(Protocol):
    """What the joint loss reads of a batch."""

    @property
    def flow(self) -> jax.Array:
        """[B,t−1,H,W,2] pixels."""

    @property
    def landmarks(self) -> jax.Array:
        """[B,t,68,2] pixels of the crop."""

    @property
    def label(self) -> jax.Array:
        """[B] class indices."""


@struct.dataclass
class LossTerms:
    """Per-clip losses [B]; a task that is off is zero.

    total = mer + λ_f·flow + λ_m·landmarks + λ_a·auxiliary.
    """

    total: jax.Array
    mer: jax.Array
    flow: jax.Array
    landmarks: jax.Array
    auxiliary: jax.Array


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
    log_p = jax.nn.log_softmax(_wide(logits))
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
    logits = _wide(logits)
    counts = jnp.maximum(class_counts, 1).astype(logits.dtype)
    return logits + _times(strength, jnp.log(counts / counts.sum()))[None]


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
    z = _wide(embedding)
    z = z / jnp.sqrt(jnp.sum(z * z, axis=-1, keepdims=True) + SURE)
    similarity = z @ z.T / jnp.asarray(temperature, z.dtype)
    other = ~jnp.eye(len(label), dtype=bool)
    log_p = similarity - jax.nn.logsumexp(similarity, axis=-1, keepdims=True, where=other)
    positive = other & (label[:, None] == label[None])
    count = jnp.maximum(positive.sum(axis=-1), 1).astype(z.dtype)
    return -jnp.sum(log_p, axis=-1, where=positive) / count


def flow_mse(flow: jax.Array, target: jax.Array) -> jax.Array:
    """Mean squared error of flow [B,t−1,H,W,2] over pairs, pixels and components → [B], Eq 7."""
    chex.assert_shape(flow, (None, None, None, None, 2))
    chex.assert_equal_shape([flow, target])
    error = _wide(flow) - _wide(target).astype(_wide(flow).dtype)
    return jnp.mean(error * error, axis=(1, 2, 3, 4))


def landmark_l1(landmarks: jax.Array, target: jax.Array) -> jax.Array:
    """Mean of (|Δx| + |Δy|)/d over frames and landmarks, [B,t−1,68,2] → [B], Eq 8.

    Both are of frames 1…t−1; d is the true inter-ocular distance of each.
    """
    chex.assert_shape(landmarks, (None, None, 68, 2))
    chex.assert_equal_shape([landmarks, target])
    landmarks, target = _wide(landmarks), _wide(target).astype(_wide(landmarks).dtype)
    per_frame = jnp.mean(jnp.sum(jnp.abs(landmarks - target), axis=-1), axis=-1)
    return jnp.mean(per_frame / interocular(target), axis=-1)


def interocular(landmarks: jax.Array) -> jax.Array:
    """Distance between the two eye centres of landmarks [...,68,2] → [...], in pixels."""
    chex.assert_shape(landmarks, (..., 68, 2))
    centres = [jnp.mean(_wide(landmarks)[..., eye, :], axis=-2) for eye in (LEFT_EYE, RIGHT_EYE)]
    return jnp.linalg.norm(centres[1] - centres[0], axis=-1)


def joint(
    outputs: MolOutputs,
    batch: Truth,
    weights: Hparams,
    *,
    class_counts: jax.Array,
    auxiliary: str = "none",
) -> LossTerms:
    """The joint loss per clip, Eq 9. The onset's landmarks are nobody's target.

    Args:
        class_counts: [n], rows of each class among those that are trained on.
        auxiliary: "none", or "supcon" for a term on the MER head's hidden layer, not the paper's.
    """
    chex.assert_rank([batch.label, class_counts], 1)
    mer = flow = landmarks = extra = jnp.zeros(batch.label.shape, jnp.float32)
    if outputs.logits is not None:
        mer = cross_entropy(
            adjusted(outputs.logits, class_counts, weights.logit_adjustment),
            batch.label,
            label_smoothing=weights.label_smoothing,
            focal_gamma=weights.focal_gamma,
        )
    if outputs.flow is not None:
        flow = flow_mse(outputs.flow, batch.flow)
    if outputs.landmarks is not None:
        landmarks = landmark_l1(outputs.landmarks, batch.landmarks[:, 1:])
    if auxiliary == "supcon" and outputs.embedding is not None:
        extra = supervised_contrastive(outputs.embedding, batch.label, weights.temperature)
    total = (
        mer
        + _times(weights.lambda_flow, flow)
        + _times(weights.lambda_landmark, landmarks)
        + _times(weights.lambda_auxiliary, extra)
    )
    return LossTerms(total, mer, flow, landmarks, extra)


def _times(scale: jax.Array | float, x: jax.Array) -> jax.Array:
    return jnp.asarray(scale, x.dtype) * x


def _wide(x: jax.Array) -> jax.Array:
    return x.astype(at_least_float32(x.dtype))
