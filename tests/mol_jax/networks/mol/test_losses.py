"""The losses against cases worked by hand, and what `augment` does to a clip against them."""

import dataclasses

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax import augment, settings
from mol_jax.data import Batch
from mol_jax.networks.mol import losses
from mol_jax.networks.mol.mol import MolOutputs
from tests.mol_jax import tiny


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


def _joint_of(outputs, batch, *, counts=(1.0, 1.0, 1.0), auxiliary="none", **changes):
    weights = settings.hparams(tiny.config(**{f"loss.{k}": v for k, v in changes.items()}))
    counts = jnp.asarray(counts)
    return losses.joint(outputs, batch, weights, class_counts=counts, auxiliary=auxiliary)


def test_joint_is_the_weighted_sum():
    outputs, batch = _case()
    terms = _joint_of(outputs, batch)
    np.testing.assert_allclose(terms.flow, losses.flow_mse(outputs.flow, batch.flow))
    later = batch.landmarks[:, 1:]  # l̂_{k+1} is set beside frame k+1
    np.testing.assert_allclose(terms.landmarks, losses.landmark_l1(outputs.landmarks, later))
    total = terms.mer + 0.1 * terms.flow + 68 * terms.landmarks
    np.testing.assert_allclose(terms.total, total, rtol=1e-6)
    assert terms.total.shape == (2,)


@pytest.mark.parametrize(
    ("field", "term"), [("logits", "mer"), ("flow", "flow"), ("landmarks", "landmarks")]
)
def test_a_task_that_is_off_costs_nothing(field, term):
    outputs, batch = _case()
    terms = _joint_of(outputs.replace(**{field: None}), batch)
    np.testing.assert_array_equal(getattr(terms, term), np.zeros(2))
    assert np.all(np.isfinite(terms.total))


SIZE, CORNER = 64, (3, 5)  # of the crop: px, and its top left (x, y) in the aligned image

# Points of the 68 that change places in a mirror, written down without `augment`.
PAIRS = (
    *((0, 16), (1, 15), (2, 14), (3, 13), (4, 12), (5, 11), (6, 10), (7, 9)),  # jaw
    *((17, 26), (18, 25), (19, 24), (20, 23), (21, 22)),  # brows
    *((31, 35), (32, 34)),  # nostrils
    *((36, 45), (37, 44), (38, 43), (39, 42), (40, 47), (41, 46)),  # eyes
    *((48, 54), (49, 53), (50, 52), (59, 55), (58, 56)),  # outer lips
    *((60, 64), (61, 63), (67, 65)),  # inner lips
)


def _clips_and_predictions():
    """Two aligned clips of lopsided faces, flow and outputs [.., S, S, ..] that miss them."""
    clips = jax.tree.map(jnp.asarray, tiny.table(2, frames=3))
    rng = np.random.default_rng(1)
    flow = rng.normal(size=clips.flow.shape).astype(np.float32)
    landmarks = rng.uniform(20, 50, (2, 2, 68, 2)).astype(np.float32)
    return clips, MolOutputs(rng.normal(size=(2, 3)).astype(np.float32), flow, landmarks)


def _joint(outputs, clips):
    outputs = jax.tree.map(jnp.asarray, outputs)
    return _joint_of(outputs, augment.to_batch(clips))


def _mirrored_by_hand(outputs):
    flow, landmarks = outputs.flow[:, :, :, ::-1].copy(), outputs.landmarks.copy()
    flow[..., 0] *= -1
    for left, right in PAIRS:
        landmarks[..., [left, right], :] = landmarks[..., [right, left], :]
    landmarks[..., 0] = outputs.flow.shape[3] - 1 - landmarks[..., 0]
    return outputs.replace(flow=flow, landmarks=landmarks)


def test_mirroring_clips_and_predictions_changes_no_loss():
    clips, outputs = _clips_and_predictions()
    found = _joint(_mirrored_by_hand(outputs), jax.vmap(augment.mirror)(clips))
    chex.assert_trees_all_close(found, _joint(outputs, clips), rtol=1e-5)


def test_the_loss_of_a_crop_is_the_loss_in_its_window():
    clips, outputs = _clips_and_predictions()
    x, y = CORNER
    cut = jax.vmap(lambda clip: augment.crop(clip, jnp.asarray(CORNER), SIZE))(clips)
    window = (slice(None), slice(None), slice(y, y + SIZE), slice(x, x + SIZE))
    moved = outputs.landmarks - np.asarray(CORNER, np.float32)
    found = _joint(outputs.replace(flow=outputs.flow[window], landmarks=moved), cut)
    error = (outputs.flow - np.asarray(clips.flow, np.float32))[window]
    np.testing.assert_allclose(found.flow, np.mean(error**2, axis=(1, 2, 3, 4)), rtol=1e-5)
    straight = _joint(outputs, clips)
    np.testing.assert_allclose(found.landmarks, straight.landmarks, rtol=1e-5)
    np.testing.assert_array_equal(found.mer, straight.mer)


def test_losses_are_at_least_float32():
    outputs, batch = _case()
    half = outputs.replace(
        logits=outputs.logits.astype(jnp.bfloat16), flow=outputs.flow.astype(jnp.bfloat16)
    )
    terms = _joint_of(half, batch)
    assert {term.dtype for term in (terms.total, terms.mer, terms.flow)} == {jnp.dtype("float32")}


def _softmax(logits):
    e = np.exp(logits - logits.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def test_focal_loss_by_hand():
    logits, label = np.array([[0.3, -1.0, 2.0], [1.0, 0.5, 0.0]]), [2, 1]
    found = losses.cross_entropy(jnp.asarray(logits), jnp.asarray(label), focal_gamma=2.0)
    p = _softmax(logits)[[0, 1], label]
    np.testing.assert_allclose(found, -((1 - p) ** 2) * np.log(p), rtol=1e-5)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_focal_loss_of_a_certain_clip_has_a_finite_gradient(gamma):
    def loss(logits):
        return losses.cross_entropy(logits, jnp.asarray([0]), focal_gamma=gamma).sum()

    value, gradient = jax.value_and_grad(loss)(jnp.asarray([[200.0, 0.0, -5.0]]))
    assert np.isfinite(value) and np.isfinite(gradient).all()


def test_without_its_options_the_loss_is_plain_cross_entropy():
    outputs, batch = _case()
    plain = -np.log(_softmax(np.asarray(outputs.logits, np.float64))[[0, 1], [0, 1]])
    found = _joint_of(outputs, batch, counts=(5.0, 1.0, 9.0))
    np.testing.assert_allclose(found.mer, plain, rtol=1e-5)


def test_logit_adjustment_is_the_loss_of_a_sampler_that_is_balanced():
    """Menon et al. 2021: where softmax(f) is the balanced posterior, softmax(f + log π) is π's."""
    outputs, batch = _case()
    prior = np.array([0.7, 0.2, 0.1])
    balanced = _softmax(np.asarray(outputs.logits, np.float64))
    posterior = balanced * prior / (balanced * prior).sum(-1, keepdims=True)
    found = _joint_of(outputs, batch, counts=70 * prior, logit_adjustment=1.0)
    np.testing.assert_allclose(found.mer, -np.log(posterior[[0, 1], [0, 1]]), rtol=1e-5)


def test_a_class_without_a_clip_is_adjusted_by_a_finite_number():
    outputs, batch = _case()
    found = _joint_of(outputs, batch, counts=(3.0, 4.0, 0.0), logit_adjustment=1.0)
    assert np.isfinite(found.mer).all()


def test_supervised_contrastive_loss_is_its_double_sum():
    rng = np.random.default_rng(0)
    label, temperature = np.array([0, 1, 0, 2, 1, 0]), 0.2
    embedding = rng.normal(size=(6, 4))
    z = embedding / np.linalg.norm(embedding, axis=1, keepdims=True)
    expected = np.zeros(6)
    for i in range(6):
        others = [a for a in range(6) if a != i]
        positives = [p for p in others if label[p] == label[i]]
        total = sum(np.exp(z[i] @ z[a] / temperature) for a in others)
        for p in positives:
            expected[i] -= np.log(np.exp(z[i] @ z[p] / temperature) / total) / len(positives)
    found = losses.supervised_contrastive(
        jnp.asarray(embedding, jnp.float32), jnp.asarray(label), temperature
    )
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    assert found[3] == 0  # the only one of its class


def test_supervised_contrastive_gradient_is_finite_for_an_embedding_of_zeros():
    def loss(embedding):
        return losses.supervised_contrastive(embedding, jnp.asarray([0, 0, 1]), 0.1).sum()

    assert np.isfinite(jax.grad(loss)(jnp.zeros((3, 4)))).all()


def test_the_auxiliary_term_counts_when_asked_for():
    outputs, batch = jax.tree.map(lambda leaf: leaf[jnp.array([0, 1, 1])], _case())
    batch = dataclasses.replace(batch, label=jnp.asarray([1, 1, 0]))
    outputs = outputs.replace(embedding=jnp.asarray([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]]))
    without = _joint_of(outputs, batch, lambda_auxiliary=0.5)
    found = _joint_of(outputs, batch, auxiliary="supcon", lambda_auxiliary=0.5, temperature=1.0)
    np.testing.assert_array_equal(without.auxiliary, np.zeros(3))
    # The first two have each other, and the third to be told from; it is alone of its class.
    expected = [np.log(1 + np.exp(0.0 - 0.6)), np.log(1 + np.exp(0.8 - 0.6)), 0.0]
    np.testing.assert_allclose(found.auxiliary, expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found.total - without.total, 0.5 * found.auxiliary, atol=1e-4)
    pair = losses.supervised_contrastive(outputs.embedding[:2], batch.label[:2], 1.0)
    np.testing.assert_allclose(pair, np.zeros(2), atol=1e-6)  # nothing to be told from
