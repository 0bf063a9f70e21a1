"""What one fold's network is asked: its gradients, what hides from it, what it places where."""

import dataclasses

import jax
import numpy as np
import pytest

from mol_jax.pictures import trained
from mol_jax.pictures.trained import BATCH, logits
from mol_jax.training.facts import centred
from tests.mol_jax.pictures.known import CORNER

ROWS = np.arange(10, dtype=np.int32)  # more than a batch
OF = ("frames",)


FOUR = np.array([0, 1, 9, 9])
_logits = jax.jit(logits, static_argnums=0)


def all_logits(one, changed) -> np.ndarray:
    """Returns the logits of `FOUR` clips [4, n], their frames as a function changes them."""
    batch = dataclasses.replace(centred(one.program, one.table, FOUR), label=None)
    frames = np.array(batch.frames)
    changed(frames)
    return np.asarray(_logits(one.program, dataclasses.replace(batch, frames=frames), one.state))


def test_gradients_are_finite_differences(stand_in):
    classes = ROWS % 3
    found = stand_in.gradients(ROWS, classes, OF)["frames"]
    assert found.shape == (10, 2, 64, 64) and np.abs(found).max() > 0
    by, places = 0.05, [(0, 3, 5), (1, 40, 22), (0, 63, 63), (1, 17, 30)]

    def moved(sign):
        def change(frames):
            for k, place in enumerate(places):
                frames[(k, *place)] += sign * by

        return all_logits(stand_in, change)

    slopes = (moved(1) - moved(-1)) / (2 * by)  # of a network that is linear but for ReLU
    for k, (row, place) in enumerate(zip(FOUR, places, strict=True)):
        assert found[(row, *place)] == pytest.approx(slopes[k, classes[row]], rel=0.05, abs=2e-5)


def test_gradients_of_a_known_network_are_where_it_reads(corner):
    found = corner.gradients(ROWS, np.zeros(10, np.int32), OF)["frames"]
    frames = np.asarray(centred(corner.program, corner.table, ROWS).frames)
    expected = np.zeros_like(frames)
    expected[:, 1, :CORNER, :CORNER] = 2 * frames[:, 1, :CORNER, :CORNER] / CORNER**2
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_hidden_cell_changes_what_is_read_there_and_nothing_else(corner):
    classes = np.zeros(10, np.int32)
    whole = corner.probabilities(ROWS)[:, 0]
    hidden = corner.hidden(ROWS, classes, OF, 8).reshape(-1, 8, 8)
    outside = np.ones((8, 8), bool)
    outside[:2, :2] = False
    np.testing.assert_array_equal(hidden[:, outside], np.tile(whole[:, None], 60))
    assert (hidden[:, ~outside] < whole[:, None] - 1e-4).all()


def test_a_hidden_cell_is_grey_in_every_frame(stand_in):
    """Against the same done by hand, of a cell in the middle."""

    def grey(frames):
        frames[:, :, 24:32, 40:48] = 0

    raised = np.exp(all_logits(stand_in, grey).astype(np.float64))
    expected = (raised / raised.sum(1, keepdims=True))[:, 2]
    found = stand_in.hidden(FOUR, np.full(4, 2), OF, 8)[:, 3 * 8 + 5]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert np.abs(found - stand_in.probabilities(FOUR)[:, 2]).max() > 1e-4


def test_clips_are_asked_in_batches_and_come_back_in_order(stand_in):
    assert len(ROWS) > BATCH
    whole, places = stand_in.probabilities(ROWS), stand_in.embeddings(ROWS)
    np.testing.assert_allclose(stand_in.probabilities(ROWS[::-1])[::-1], whole, atol=1e-6)
    np.testing.assert_allclose(stand_in.embeddings(ROWS[9:]), places[9:], atol=1e-5)
    assert places.shape == (10, 16) and whole.shape == (10, 3)


def test_a_network_without_attention_hands_none_out(stand_in):
    assert stand_in.attention(ROWS) == {}


@dataclasses.dataclass(frozen=True)
class Sure:
    """Outputs that have probabilities and no logits."""

    probabilities: jax.Array


def test_gradients_are_named_by_what_they_are_of(corner, monkeypatch):
    assert corner.score == "logit"
    made = trained.step.made_of

    def without(*given, **how):
        return Sure(jax.nn.softmax(made(*given, **how).logits))

    monkeypatch.setattr(trained.step, "made_of", without)
    assert dataclasses.replace(corner).score == "log-probability"
