"""The losses of Sec 3.3, Eqs 6–9, one value per clip: the caller reduces.

All are computed in at least float32. Shapes: B clips, t frames, n classes.
"""

import chex
import jax
import jax.numpy as jnp

from mol_jax.data.clips import Batch
from mol_jax.networks import classification
from mol_jax.networks.classification import times, wide
from mol_jax.networks.mol.mol import MolOutputs
from mol_jax.networks.network import Facts, Scalars

LEFT_EYE, RIGHT_EYE = slice(36, 42), slice(42, 48)  # of the 68 landmarks, as they lie in the image


def flow_mse(flow: jax.Array, target: jax.Array) -> jax.Array:
    """Mean squared error of flow [B,t−1,H,W,2] over pairs, pixels and components → [B], Eq 7."""
    chex.assert_shape(flow, (None, None, None, None, 2))
    chex.assert_equal_shape([flow, target])
    error = wide(flow) - wide(target).astype(wide(flow).dtype)
    return jnp.mean(error * error, axis=(1, 2, 3, 4))


def landmark_l1(landmarks: jax.Array, target: jax.Array) -> jax.Array:
    """Mean of (|Δx| + |Δy|)/d over frames and landmarks, [B,t−1,68,2] → [B], Eq 8.

    Both are of frames 1…t−1; d is the true inter-ocular distance of each.
    """
    chex.assert_shape(landmarks, (None, None, 68, 2))
    chex.assert_equal_shape([landmarks, target])
    landmarks, target = wide(landmarks), wide(target).astype(wide(landmarks).dtype)
    per_frame = jnp.mean(jnp.sum(jnp.abs(landmarks - target), axis=-1), axis=-1)
    return jnp.mean(per_frame / interocular(target), axis=-1)


def interocular(landmarks: jax.Array) -> jax.Array:
    """Distance between the two eye centres of landmarks [...,68,2] → [...], in pixels."""
    chex.assert_shape(landmarks, (..., 68, 2))
    centres = [jnp.mean(wide(landmarks)[..., eye, :], axis=-2) for eye in (LEFT_EYE, RIGHT_EYE)]
    return jnp.linalg.norm(centres[1] - centres[0], axis=-1)


def joint(
    outputs: MolOutputs, batch: Batch, scalars: Scalars, facts: Facts, *, auxiliary: str = "none"
) -> dict[str, jax.Array]:
    """The terms of the joint loss per clip, Eq 9, weighted: they sum to it.

    "mer", "flow" and "landmarks", without those of tasks that are off, and "auxiliary" where that
    is "supcon", which is not the paper's. The onset's landmarks are nobody's target.
    """
    chex.assert_rank(batch.label, 1)
    terms: dict[str, jax.Array] = {}
    if outputs.logits is not None:
        terms |= classification.terms(
            outputs.logits,
            batch.label,
            scalars,
            facts,
            embedding=outputs.embedding,
            auxiliary=auxiliary,
        )
    if outputs.flow is not None:
        terms["flow"] = times(scalars["lambda_flow"], flow_mse(outputs.flow, batch.flow))
    if outputs.landmarks is not None:
        error = landmark_l1(outputs.landmarks, batch.landmarks[:, 1:])
        terms["landmarks"] = times(scalars["lambda_landmark"], error)
    return terms
