"""What MOL is measured by, per video: class probabilities, EPE and NME.

B is the batch, t the frames of a clip, n the classes.
"""

import chex
import jax
import jax.numpy as jnp
from jax import Array

from mol_jax.data.clips import Batch
from mol_jax.networks.flow_error import endpoint_error
from mol_jax.networks.mol.losses import interocular
from mol_jax.networks.mol.mol import MolOutputs
from mol_jax.networks.network import Facts, Predicted
from mol_jax.scoring.measure import Measure

FAILURE = 10.0  # percent: a frame with a larger NME counts as a failure (Section 4.4.2)

# Mean end-point error of the network's flow and of zero flow, over pairs and pixels of the crop.
FLOW = (
    Measure("epe", "flow", "px", "pairs", reference="epe_zero"),
    Measure("epe_zero", "flow", "px", "pairs"),
)
# Mean landmark error in percent of the inter-ocular distance over frames 1…t−1, frames of them with
# more than 10 %, and the same mean of the training rows' mean face.
LANDMARKS = (
    Measure("nme", "landmarks", "%", "frames", reference="nme_mean_face"),
    Measure("failures", "landmarks", "%", "frames", key="failure_rate", share=True),
    Measure("nme_mean_face", "landmarks", "%", "frames"),
)


def landmark_error(landmarks: Array, target: Array) -> Array:
    """Returns the NME [...] in percent of the true inter-ocular distance, for [..., 68, 2]."""
    chex.assert_shape(landmarks, (..., 68, 2))
    chex.assert_equal_shape([landmarks, target])
    distance = jnp.linalg.norm(landmarks - target, axis=-1).mean(axis=-1)
    return 100 * distance / interocular(target)


def predicted(outputs: MolOutputs, batch: Batch, facts: Facts) -> Predicted:
    """Returns every measure of a predicted batch; the onset has no landmarks (Sec 3.3.3)."""
    probabilities, measures = None, {}
    if outputs.logits is not None:
        probabilities = jax.nn.softmax(outputs.logits.astype(jnp.float32))
    if outputs.flow is not None:
        flow = batch.flow.astype(jnp.float32)
        measures["epe"] = endpoint_error(outputs.flow.astype(jnp.float32), flow).mean(axis=-1)
        measures["epe_zero"] = endpoint_error(jnp.zeros_like(flow), flow).mean(axis=-1)
    if outputs.landmarks is not None:
        chex.assert_shape(facts.mean_face, (68, 2))
        target = batch.landmarks[:, 1:].astype(jnp.float32)
        per_frame = landmark_error(outputs.landmarks.astype(jnp.float32), target)
        measures["nme"] = per_frame.mean(axis=-1)
        measures["failures"] = (per_frame > FAILURE).sum(axis=-1)
        faces = jnp.broadcast_to(facts.mean_face.astype(jnp.float32), target.shape)
        measures["nme_mean_face"] = landmark_error(faces, target).mean(axis=-1)
    return Predicted(probabilities, measures)
