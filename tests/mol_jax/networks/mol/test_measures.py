"""EPE and NME against numbers worked out by hand."""

import jax.numpy as jnp
import numpy as np

from mol_jax.data.clips import Batch
from mol_jax.networks.mol import measures
from mol_jax.networks.mol.mol import MolOutputs
from mol_jax.networks.network import Facts, Predicted, over_samples


def face(eye_distance: float) -> np.ndarray:
    points = np.zeros((68, 2), np.float32)
    points[42:48, 0] = eye_distance
    return points


def test_endpoint_error_is_the_mean_length():
    target = jnp.zeros((1, 2, 2, 2))
    flow = target.at[0, 0, 0].set(jnp.array([3.0, 4.0]))
    np.testing.assert_allclose(measures.endpoint_error(flow, target), [5 / 4])


def test_landmark_error_is_in_percent_of_the_inter_ocular_distance():
    target = jnp.asarray(face(20.0))
    np.testing.assert_allclose(measures.landmark_error(target + 1, target), 100 * 2**0.5 / 20, 1e-6)


def test_failures_count_frames_above_ten_percent():
    target = np.stack([face(20.0)] * 3)[None]  # one clip of three frames
    moved = target[:, :2] + np.array([1.9, 2.1])[None, :, None, None] * [1.0, 0.0]
    outputs = MolOutputs(logits=None, flow=None, landmarks=jnp.asarray(moved, jnp.float32))
    batch = Batch(
        frames=jnp.zeros((1, 3, 8, 8)),
        flow=jnp.zeros((1, 2, 8, 8, 2)),
        landmarks=jnp.asarray(target),
        label=jnp.zeros(1, jnp.int32),
    )
    facts = Facts(jnp.ones(3), jnp.asarray(face(20.0)) + 4)
    found = measures.predicted(outputs, batch, facts)
    assert found.measures["failures"].tolist() == [1]
    np.testing.assert_allclose(found.measures["nme"], [10.0], rtol=1e-5)
    mean_face = found.measures["nme_mean_face"]
    np.testing.assert_allclose(mean_face, [100 * 4 * 2**0.5 / 20], rtol=1e-5)
    assert list(found.measures) == [measure.name for measure in measures.LANDMARKS]
    assert found.probabilities is None


def test_a_video_is_the_mean_of_its_samples_and_their_votes():
    each = Predicted(
        probabilities=np.float32([[0.6, 0.4], [0.1, 0.9], [0.3, 0.7], [0.8, 0.2]]),
        measures={
            "epe": np.float32([1.0, 2.0, 3.0, 4.0]),
            "nme": np.float32([5.0, 6.0, 7.0, 9.0]),
            "failures": np.int32([0, 2, 1, 4]),
        },
    )
    video = over_samples(each, np.array([3, 1]))
    np.testing.assert_allclose(video.probabilities, [[1 / 3, 2 / 3], [0.8, 0.2]], rtol=1e-6)
    np.testing.assert_array_equal(video.votes, [[1, 2], [1, 0]])
    np.testing.assert_allclose(video.measures["epe"], [2.0, 4.0])
    np.testing.assert_allclose(video.measures["nme"], [6.0, 9.0])
    assert video.measures["failures"].tolist() == [3, 4] and video.samples.tolist() == [3, 1]
    assert video.probabilities.dtype == np.float32
