"""What the three tasks are measured by, per video: class probabilities, EPE and NME.

B is the batch, t the frames of a clip, n the classes. A task that is off gives None.
"""

import dataclasses

import chex
import flax.struct
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from mol_jax.data import Batch, Leaf
from mol_jax.networks.mol.losses import interocular
from mol_jax.networks.mol.mol import MolOutputs

FAILURE = 10.0  # percent: a frame with a larger NME counts as a failure (Section 4.4.2)


@flax.struct.dataclass
class VideoErrors:
    """One row per video; None where a task is off.

    probabilities: [B, n].
    epe, epe_zero: [B], mean end-point error in px of the network's flow and of zero flow.
    nme, nme_mean_face: [B], mean over frames 1…t−1 of the landmark error in percent of the
        inter-ocular distance, of the network and of the training rows' mean face.
    failures: int32 [B], frames with an NME above 10 %.
    samples: int32 [B], over how many samples of the video the others are means, and `failures` the
        sum; None where each video was shown once.
    votes: int32 [B, n], for how many samples each class was the likeliest; None as `samples`.
    """

    probabilities: Leaf
    epe: Leaf
    epe_zero: Leaf
    nme: Leaf
    nme_mean_face: Leaf
    failures: Leaf
    samples: Leaf = None
    votes: Leaf = None


def endpoint_error(flow: Array, target: Array) -> Array:
    """Returns the EPE [...] in px: the mean length of the difference over [..., H, W, 2]."""
    chex.assert_shape(flow, (..., None, None, 2))
    chex.assert_equal_shape([flow, target])
    return jnp.linalg.norm(flow - target, axis=-1).mean(axis=(-1, -2))


def landmark_error(landmarks: Array, target: Array) -> Array:
    """Returns the NME [...] in percent of the true inter-ocular distance, for [..., 68, 2]."""
    chex.assert_shape(landmarks, (..., 68, 2))
    chex.assert_equal_shape([landmarks, target])
    distance = jnp.linalg.norm(landmarks - target, axis=-1).mean(axis=-1)
    return 100 * distance / interocular(target)


def video_errors(outputs: MolOutputs, batch: Batch, face: Array) -> VideoErrors:
    """Returns every measure of a predicted batch; the onset has no landmarks (Sec 3.3.3)."""
    chex.assert_shape(face, (68, 2))
    probabilities = epe = epe_zero = nme = nme_face = failures = None
    if outputs.logits is not None:
        probabilities = jax.nn.softmax(outputs.logits.astype(jnp.float32))
    if outputs.flow is not None:
        flow = batch.flow.astype(jnp.float32)
        epe = endpoint_error(outputs.flow.astype(jnp.float32), flow).mean(axis=-1)
        epe_zero = endpoint_error(jnp.zeros_like(flow), flow).mean(axis=-1)
    if outputs.landmarks is not None:
        target = batch.landmarks[:, 1:].astype(jnp.float32)
        per_frame = landmark_error(outputs.landmarks.astype(jnp.float32), target)
        nme, failures = per_frame.mean(axis=-1), (per_frame > FAILURE).sum(axis=-1)
        faces = jnp.broadcast_to(face.astype(jnp.float32), target.shape)
        nme_face = landmark_error(faces, target).mean(axis=-1)
    return VideoErrors(
        probabilities=probabilities,
        epe=epe,
        epe_zero=epe_zero,
        nme=nme,
        nme_mean_face=nme_face,
        failures=failures,
    )


def over_samples(each: VideoErrors, counts: np.ndarray) -> VideoErrors:
    """Returns one row per video from one per sample, on the host.

    `each` holds the samples of the first video, then those of the second; `counts` [B] says how
    many each has.
    """
    chex.assert_rank(counts, 1)
    starts = np.cumsum(counts) - counts

    def mean(leaf: np.ndarray) -> np.ndarray:
        total = np.add.reduceat(leaf, starts, axis=0)
        return (total / counts.reshape(-1, *[1] * (leaf.ndim - 1))).astype(leaf.dtype)

    means = jax.tree.map(mean, dataclasses.replace(each, failures=None))
    failures, votes = each.failures, None
    if failures is not None:
        failures = np.add.reduceat(failures, starts)
    if each.probabilities is not None:
        likeliest = np.eye(each.probabilities.shape[1], dtype=np.int32)
        votes = np.add.reduceat(likeliest[each.probabilities.argmax(axis=1)], starts, axis=0)
    samples = np.asarray(counts, np.int32)
    return dataclasses.replace(means, failures=failures, samples=samples, votes=votes)
