"""What one fold's network is asked: its gradients, what hides from it, what it places where."""

import dataclasses

import numpy as np
import pytest

from mol_jax.pictures.trained import BATCH, logits
from mol_jax.training import step
from mol_jax.training.facts import centred
from tests.mol_jax.pictures.known import CORNER

ROWS = np.arange(10, dtype=np.int32)  # more than a batch
OF = ("frames",)


def logit(one, row, number, change=None) -> float:
    """Returns a clip's logit of a class, with some of its pixels changed."""
    batch = centred(one.program, one.table, np.array([row]))
    frames = np.array(batch.frames)
    for place, by in (change or {}).items():
        frames[(0, *place)] += by
    batch = dataclasses.replace(batch, frames=frames, label=None)
    return float(logits(one.program, batch, one.state)[0, number])


def test_gradients_are_finite_differences(stand_in):
    classes = ROWS % 3
    found = stand_in.gradients(ROWS, classes, OF)["frames"]
    assert found.shape == (10, 2, 64, 64) and np.abs(found).max() > 0
    by = 0.05  # of a network that is linear but for ReLU
    for row, place in ((0, (0, 3, 5)), (1, (1, 40, 22)), (9, (0, 63, 63)), (9, (1, 17, 30))):
        up, down = (logit(stand_in, row, classes[row], {place: sign * by}) for sign in (1, -1))
        assert found[(row, *place)] == pytest.approx((up - down) / (2 * by), rel=0.05, abs=2e-5)


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
    batch = dataclasses.replace(centred(stand_in.program, stand_in.table, ROWS[:1]), label=None)
    frames = np.array(batch.frames)
    frames[:, :, 24:32, 40:48] = 0
    by_hand = dataclasses.replace(batch, frames=frames)
    outputs = step.made_of(stand_in.program, by_hand, stand_in.state)
    expected = stand_in.program.network.predict(outputs, by_hand, stand_in.state.facts)
    found = stand_in.hidden(ROWS[:1], np.array([2]), OF, 8)[0, 3 * 8 + 5]
    assert found == pytest.approx(float(expected.probabilities[0, 2]), abs=1e-6)


def test_clips_are_asked_in_batches_and_come_back_in_order(stand_in):
    assert len(ROWS) > BATCH
    whole, places = stand_in.probabilities(ROWS), stand_in.embeddings(ROWS)
    np.testing.assert_allclose(stand_in.probabilities(ROWS[::-1])[::-1], whole, atol=1e-6)
    np.testing.assert_allclose(stand_in.embeddings(ROWS[9:]), places[9:], atol=1e-5)
    assert places.shape == (10, 16) and whole.shape == (10, 3)


def test_a_network_without_attention_hands_none_out(stand_in):
    assert stand_in.attention(ROWS) == {}
