"""The losses against cases worked by hand, and their symmetry under mirrored inputs."""

import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax import augment, losses
from mol_jax.data import Batch
from mol_jax.models.mol import MolOutputs


def _face(interocular):
    """68 points at the origin but the eyes, whose centres are `interocular` px apart."""
    face = np.zeros((68, 2), np.float32)
    face[42:48, 0] = interocular
    return face


def test_cross_entropy_by_hand():
    logits = jnp.log(jnp.asarray([[0.7, 0.2, 0.1], [0.25, 0.25, 0.5]]))
    found = losses.cross_entropy(logits, jnp.asarray([0, 2]), label_smoothing=0.0)
    np.testing.assert_allclose(found, [-np.log(0.7), np.log(2)], rtol=1e-5)
    smooth = losses.cross_entropy(logits, jnp.asarray([0, 2]), label_smoothing=0.3)
    mean = -np.log([0.7 * 0.2 * 0.1, 0.25 * 0.25 * 0.5]) / 3
    np.testing.assert_allclose(smooth, 0.7 * found + 0.3 * mean, rtol=1e-5)


def test_flow_mse_by_hand():
    flow = jnp.zeros((2, 1, 2, 2, 2)).at[0, 0, 0, 0].set(jnp.asarray([3.0, 4.0]))
    found = losses.flow_mse(flow, jnp.zeros_like(flow).astype(jnp.float16))
    np.testing.assert_allclose(found, [25 / 8, 0.0])


def test_landmark_l1_by_hand():
    target = np.stack([_face(10.0), _face(20.0)])[None]  # one clip, two frames
    predicted = target + np.asarray([3.0, -1.0], np.float32)
    found = losses.landmark_l1(jnp.asarray(predicted), jnp.asarray(target))
    np.testing.assert_allclose(found, [(4 / 10 + 4 / 20) / 2], rtol=1e-6)


def test_interocular_is_between_the_means_of_the_eyes():
    face = _face(8.0)
    face[36:42, 1] = [-1, 1, -2, 2, 0, 6]
    assert losses.interocular(jnp.asarray(face)) == pytest.approx(np.hypot(8, 1))


def _case(seed=0, size=8):
    rng = np.random.default_rng(seed)

    def normal(*shape):
        return jnp.asarray(rng.normal(size=shape), jnp.float32)

    outputs = MolOutputs(normal(2, 3), normal(2, 2, size, size, 2), 9 * normal(2, 2, 68, 2))
    batch = Batch(
        frames=normal(2, 3, size, size),
        flow=normal(2, 2, size, size, 2),
        landmarks=9 * normal(2, 3, 68, 2),
        label=jnp.arange(2),
    )
    return outputs, batch


WEIGHTS = {"lambda_flow": 0.1, "lambda_landmark": 68.0, "label_smoothing": 0.0}


def test_joint_is_the_weighted_sum():
    outputs, batch = _case()
    terms = losses.joint(outputs, batch, **WEIGHTS)
    np.testing.assert_allclose(terms.flow, losses.flow_mse(outputs.flow, batch.flow))
    first = batch.landmarks[:, :2]
    np.testing.assert_allclose(terms.landmarks, losses.landmark_l1(outputs.landmarks, first))
    total = terms.mer + 0.1 * terms.flow + 68 * terms.landmarks
    np.testing.assert_allclose(terms.total, total, rtol=1e-6)
    assert terms.total.shape == (2,)


@pytest.mark.parametrize(
    ("field", "term"), [("logits", "mer"), ("flow", "flow"), ("landmarks", "landmarks")]
)
def test_a_task_that_is_off_costs_nothing(field, term):
    outputs, batch = _case()
    terms = losses.joint(outputs.replace(**{field: None}), batch, **WEIGHTS)
    np.testing.assert_array_equal(getattr(terms, term), np.zeros(2))
    assert np.all(np.isfinite(terms.total))


def _mirrored_flow(flow):
    return flow[:, :, :, ::-1] * jnp.asarray([-1.0, 1.0])[None, None, None, None]


def _mirrored_landmarks(points, size):
    mirrored = points[..., augment.MIRROR, :]
    return jnp.stack([size - 1 - mirrored[..., 0], mirrored[..., 1]], axis=-1)


def test_mirroring_clips_and_predictions_changes_no_loss():
    outputs, batch = _case(size=8)
    mirrored = losses.joint(
        outputs.replace(
            flow=_mirrored_flow(outputs.flow), landmarks=_mirrored_landmarks(outputs.landmarks, 8)
        ),
        batch.replace(
            flow=_mirrored_flow(batch.flow), landmarks=_mirrored_landmarks(batch.landmarks, 8)
        ),
        **WEIGHTS,
    )
    straight = losses.joint(outputs, batch, **WEIGHTS)
    for found, expected in zip(
        (mirrored.mer, mirrored.flow, mirrored.landmarks),
        (straight.mer, straight.flow, straight.landmarks),
        strict=True,
    ):
        np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_shifting_the_crop_changes_no_loss():
    outputs, batch = _case(size=8)
    shift = jnp.asarray([3.0, -2.0])[None, None, None]
    shifted = losses.joint(
        outputs.replace(
            flow=jnp.roll(outputs.flow, (3, -2), (3, 2)), landmarks=outputs.landmarks + shift
        ),
        batch.replace(
            flow=jnp.roll(batch.flow, (3, -2), (3, 2)), landmarks=batch.landmarks + shift
        ),
        **WEIGHTS,
    )
    np.testing.assert_allclose(shifted.total, losses.joint(outputs, batch, **WEIGHTS).total, 1e-4)


def test_losses_are_at_least_float32():
    outputs, batch = _case()
    half = outputs.replace(
        logits=outputs.logits.astype(jnp.bfloat16), flow=outputs.flow.astype(jnp.bfloat16)
    )
    terms = losses.joint(half, batch, **WEIGHTS)
    assert {term.dtype for term in (terms.total, terms.mer, terms.flow)} == {jnp.dtype("float32")}
