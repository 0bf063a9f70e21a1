"""The losses of Sec 3.4, Eqs 6–9, one value per clip: the caller reduces.

All are computed in at least float32. Shapes: B clips, t frames, n classes.
"""

from typing import Protocol

import jax
import jax.numpy as jnp
from flax import struct

from mol_jax.models.layers import at_least_float32
from mol_jax.models.mol import MolOutputs

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
    """Per-clip losses [B]; a task that is off is zero. total = mer + λ_f·flow + λ_m·landmarks."""

    total: jax.Array
    mer: jax.Array
    flow: jax.Array
    landmarks: jax.Array


def cross_entropy(
    logits: jax.Array, label: jax.Array, *, label_smoothing: jax.Array | float
) -> jax.Array:
    """Cross entropy of logits [B,n] with labels [B] → [B], Eq 6.

    With smoothing ε the target is 1−ε on the label plus ε/n on every class.
    """
    log_p = jax.nn.log_softmax(_wide(logits))
    smoothing = jnp.asarray(label_smoothing, log_p.dtype)
    target = jax.nn.one_hot(label, log_p.shape[-1], dtype=log_p.dtype)
    target = (1 - smoothing) * target + smoothing / log_p.shape[-1]
    return -jnp.sum(target * log_p, axis=-1)


def flow_mse(flow: jax.Array, target: jax.Array) -> jax.Array:
    """Mean squared error of flow [B,t−1,H,W,2] over pairs, pixels and components → [B], Eq 7."""
    error = _wide(flow) - _wide(target).astype(_wide(flow).dtype)
    return jnp.mean(error * error, axis=(1, 2, 3, 4))


def landmark_l1(landmarks: jax.Array, target: jax.Array) -> jax.Array:
    """Mean of (|Δx| + |Δy|)/d over frames and landmarks, [B,t−1,68,2] → [B], Eq 8.

    d is the true inter-ocular distance of each frame.
    """
    landmarks, target = _wide(landmarks), _wide(target).astype(_wide(landmarks).dtype)
    per_frame = jnp.mean(jnp.sum(jnp.abs(landmarks - target), axis=-1), axis=-1)
    return jnp.mean(per_frame / interocular(target), axis=-1)


def interocular(landmarks: jax.Array) -> jax.Array:
    """Distance between the two eye centres of landmarks [...,68,2] → [...], in pixels."""
    centres = [jnp.mean(_wide(landmarks)[..., eye, :], axis=-2) for eye in (LEFT_EYE, RIGHT_EYE)]
    return jnp.linalg.norm(centres[1] - centres[0], axis=-1)


def joint(
    outputs: MolOutputs,
    batch: Truth,
    *,
    lambda_flow: jax.Array | float,
    lambda_landmark: jax.Array | float,
    label_smoothing: jax.Array | float,
) -> LossTerms:
    """The joint loss per clip, Eq 9. The landmarks of the last frame are nobody's target."""
    mer = flow = landmarks = jnp.zeros(batch.label.shape, jnp.float32)
    if outputs.logits is not None:
        mer = cross_entropy(outputs.logits, batch.label, label_smoothing=label_smoothing)
    if outputs.flow is not None:
        flow = flow_mse(outputs.flow, batch.flow)
    if outputs.landmarks is not None:
        landmarks = landmark_l1(outputs.landmarks, batch.landmarks[:, :-1])
    total = mer + _times(lambda_flow, flow) + _times(lambda_landmark, landmarks)
    return LossTerms(total, mer, flow, landmarks)


def _times(scale: jax.Array | float, x: jax.Array) -> jax.Array:
    return jnp.asarray(scale, x.dtype) * x


def _wide(x: jax.Array) -> jax.Array:
    return x.astype(at_least_float32(x.dtype))
