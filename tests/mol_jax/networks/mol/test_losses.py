"""The losses against cases worked by hand, and what `augment` does to a clip against them."""

import dataclasses

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax import settings
from mol_jax.data.clips import Batch
from mol_jax.networks import classification
from mol_jax.networks.mol import losses
from mol_jax.networks.mol.mol import MolOutputs
from mol_jax.networks.network import Facts
from mol_jax.training import augment
from tests.mol_jax import tiny


def _face(interocular):
    """68 points at the origin but the eyes, whose centres are `interocular` px apart."""
    face = np.zeros((68, 2), np.float32)
    face[42:48, 0] = interocular
    return face


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
    weights = settings.scalars(tiny.config(**{f"loss.{k}": v for k, v in changes.items()}))
    facts = Facts(jnp.asarray(counts))
    return losses.joint(outputs, batch, weights, facts, auxiliary=auxiliary)


def test_joint_is_the_weighted_sum():
    outputs, batch = _case()
    terms = _joint_of(outputs, batch)
    assert list(terms) == ["mer", "flow", "landmarks"]
    flow = losses.flow_mse(outputs.flow, batch.flow)
    np.testing.assert_allclose(terms["flow"], 0.1 * flow, rtol=1e-6)
    later = batch.landmarks[:, 1:]  # l̂_{k+1} is set beside frame k+1
    landmarks = losses.landmark_l1(outputs.landmarks, later)
    np.testing.assert_allclose(terms["landmarks"], 68 * landmarks, rtol=1e-6)
    np.testing.assert_allclose(
        terms["mer"], classification.cross_entropy(outputs.logits, batch.label)
    )
    assert terms["mer"].shape == (2,)


@pytest.mark.parametrize(
    ("field", "term"), [("logits", "mer"), ("flow", "flow"), ("landmarks", "landmarks")]
)
def test_a_task_that_is_off_costs_nothing(field, term):
    outputs, batch = _case()
    terms = _joint_of(outputs.replace(**{field: None}), batch)
    assert set(terms) == {"mer", "flow", "landmarks"} - {term}


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
    found = _joint(
        _mirrored_by_hand(outputs), jax.vmap(lambda clip: augment.mirror(clip, 72, 72))(clips)
    )
    chex.assert_trees_all_close(found, _joint(outputs, clips), rtol=1e-5)


def test_the_loss_of_a_crop_is_the_loss_in_its_window():
    clips, outputs = _clips_and_predictions()
    x, y = CORNER
    cut = jax.vmap(lambda clip: augment.crop(clip, jnp.asarray(CORNER), SIZE))(clips)
    window = (slice(None), slice(None), slice(y, y + SIZE), slice(x, x + SIZE))
    moved = outputs.landmarks - np.asarray(CORNER, np.float32)
    found = _joint(outputs.replace(flow=outputs.flow[window], landmarks=moved), cut)
    error = (outputs.flow - np.asarray(clips.flow, np.float32))[window]
    mean = np.mean(error**2, axis=(1, 2, 3, 4))
    np.testing.assert_allclose(found["flow"], 0.1 * mean, rtol=1e-5)
    straight = _joint(outputs, clips)
    np.testing.assert_allclose(found["landmarks"], straight["landmarks"], rtol=1e-5)
    np.testing.assert_array_equal(found["mer"], straight["mer"])


def test_losses_are_at_least_float32():
    outputs, batch = _case()
    half = outputs.replace(
        logits=outputs.logits.astype(jnp.bfloat16), flow=outputs.flow.astype(jnp.bfloat16)
    )
    terms = _joint_of(half, batch)
    assert {term.dtype for term in terms.values()} == {jnp.dtype("float32")}


def test_without_its_options_the_loss_is_plain_cross_entropy():
    outputs, batch = _case()
    plain = -np.log(np.asarray(jax.nn.softmax(outputs.logits), np.float64)[[0, 1], [0, 1]])
    found = _joint_of(outputs, batch, counts=(5.0, 1.0, 9.0))
    np.testing.assert_allclose(found["mer"], plain, rtol=1e-5)


def test_logit_adjustment_is_the_loss_of_a_sampler_that_is_balanced():
    """Menon et al. 2021: where softmax(f) is the balanced posterior, softmax(f + log π) is π's."""
    outputs, batch = _case()
    prior = np.array([0.7, 0.2, 0.1])
    balanced = np.asarray(jax.nn.softmax(outputs.logits), np.float64)
    posterior = balanced * prior / (balanced * prior).sum(-1, keepdims=True)
    found = _joint_of(outputs, batch, counts=70 * prior, logit_adjustment=1.0)
    np.testing.assert_allclose(found["mer"], -np.log(posterior[[0, 1], [0, 1]]), rtol=1e-5)


def test_a_class_without_a_clip_is_adjusted_by_a_finite_number():
    outputs, batch = _case()
    found = _joint_of(outputs, batch, counts=(3.0, 4.0, 0.0), logit_adjustment=1.0)
    assert np.isfinite(found["mer"]).all()


@pytest.mark.slow
def test_the_auxiliary_term_counts_when_asked_for():
    outputs, batch = jax.tree.map(lambda leaf: leaf[jnp.array([0, 1, 1])], _case())
    batch = dataclasses.replace(batch, label=jnp.asarray([1, 1, 0]))
    outputs = outputs.replace(embedding=jnp.asarray([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]]))
    without = _joint_of(outputs, batch, lambda_auxiliary=0.5)
    found = _joint_of(outputs, batch, auxiliary="supcon", lambda_auxiliary=0.5, temperature=1.0)
    assert "auxiliary" not in without
    # The first two have each other, and the third to be told from; it is alone of its class.
    expected = [np.log(1 + np.exp(0.0 - 0.6)), np.log(1 + np.exp(0.8 - 0.6)), 0.0]
    weighted = 0.5 * np.array(expected)
    np.testing.assert_allclose(found["auxiliary"], weighted, rtol=1e-4, atol=1e-6)
    chex.assert_trees_all_equal({name: found[name] for name in without}, without)
    pair = classification.supervised_contrastive(outputs.embedding[:2], batch.label[:2], 1.0)
    np.testing.assert_allclose(pair, np.zeros(2), atol=1e-6)  # nothing to be told from
