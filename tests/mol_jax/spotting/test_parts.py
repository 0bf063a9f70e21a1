"""The parts of the spotters: the head's motion, contrast, bounds that merge, even looks."""

import numpy as np
import pytest

from data_builders.synthetic.drawing import identity
from mol_jax.spotting.interval import Interval
from mol_jax.spotting.methods import head, looks
from mol_jax.spotting.methods.contrast import in_noise, repeated, surroundings
from mol_jax.spotting.methods.flow import there_and_back
from mol_jax.spotting.methods.merging import merged
from mol_jax.spotting.methods.motion import between


def test_the_heads_motion_is_found_beside_places_that_go_another_way():
    rng = np.random.default_rng(0)
    places = rng.uniform(0, 100, (13, 2))
    true = np.array([[0.01, -0.02, 1.0], [0.015, 0.005, -2.0]])
    motion = head.applied(true, places)
    motion[:3] += (4.0, -3.0)
    found = head.fitted(places, motion, 0.05)
    np.testing.assert_allclose(head.applied(found, places[3:]), motion[3:], atol=0.05)
    plain = np.linalg.lstsq(np.column_stack([places, np.ones(13)]), motion, rcond=None)[0].T
    assert np.abs(head.applied(plain, places[3:]) - motion[3:]).max() > 0.5, "it is the weights"


def test_there_and_back_is_the_length_of_what_returns_and_nothing_of_what_goes_on():
    half, way = 2, np.array([0.0, 0, 0, 0, 1, 2, 1, 0, 0, 0, 0])
    into = np.stack([way[half:] - way[:-half], np.zeros(9)], axis=-1)[:, None]
    back = there_and_back(into, half)
    assert back.shape == (11, 1)
    assert back.argmax() == 5
    assert back.max() == 2.0
    on = np.tile((0.5, 0.0), (9, 1))[:, None]
    assert there_and_back(on, half).max() <= 0


def test_what_happens_once_has_quiet_surroundings():
    signal = np.zeros((40, 1))
    signal[20] = 1.0
    before, after = surroundings(signal, 3, 9)
    assert before[20] == after[20] == 0
    assert after[14] == before[26] == 1, "it is what others are surrounded by"


def test_a_mouth_that_moves_again_is_speaking_and_a_brow_may_move_twice():
    signal = np.zeros((60, 2))
    signal[[20, 26]] = 1.0
    again = repeated(signal, np.array(["mouth", "brows"]), 3, 9)
    assert again[20].tolist() == [1.0, 0.0]


def test_noise_is_the_recordings_own():
    rng = np.random.default_rng(0)
    quiet, loud = rng.normal(0, 1, 500), rng.normal(0, 10, 500)
    quiet[100] = loud[100] = 20.0
    found = in_noise(np.column_stack([quiet, loud]), 1e-3)[100]
    assert found[0] == pytest.approx(20, rel=0.15)
    assert found[1] == pytest.approx(2, abs=0.4)
    assert in_noise(np.full((9, 1), 3.0), 0.5).max() == 0


def test_close_intervals_are_one_with_the_surer_apex():
    times = np.arange(100) / 10
    found = merged(
        [Interval(30, 32, 34, 2.0), Interval(10, 12, 14, 1.0), Interval(15, 18, 20, 3.0)],
        times,
        0.2,
        1.0,
    )
    assert found == (Interval(10, 18, 20, 3.0), Interval(30, 32, 34, 2.0))


def test_what_together_would_last_too_long_is_not_one():
    """Three in a row are no micro-expression of two seconds: the surest of them is left."""
    found = [Interval(0, 9, 18, 1.0), Interval(20, 29, 38, 3.0), Interval(40, 49, 58, 2.0)]
    assert merged(found, np.arange(60) / 30, 0.1, 0.7) == (Interval(20, 29, 38, 3.0),)
    short = [Interval(0, 4, 9, 1.0), Interval(10, 15, 21, 2.0)]
    assert merged(short, np.arange(60) / 30, 0.1, 0.7) == (Interval(0, 15, 21, 2.0),)


def test_the_noise_of_flow_grows_with_the_image(monkeypatch):
    told = []
    fitted = head.fitted
    monkeypatch.setattr(head, "fitted", lambda *given: told.append(given[-1]) or fitted(*given))
    for side in (144, 288):
        points = identity.landmarks(identity.draw(0)).astype(np.float64)
        points = points / points.max() * 0.9 * side
        frames = np.random.default_rng(0).integers(0, 255, (2, side, side)).astype(np.uint8)
        between(frames, np.stack([points] * 2), [(0, 1)])
    assert told == [0.05, 0.1], "px: 0.05 at 144 px, at which the constants were tuned"


def test_looks_are_even_and_no_more_than_there_are_frames():
    instants, shown = looks.evenly(np.arange(200) / 100.0, 30.0)
    assert np.diff(instants) == pytest.approx(1 / 30)
    assert set(np.diff(shown)) == {3, 4}
    instants, shown = looks.evenly(np.arange(20) / 15.0, 30.0)
    assert shown.tolist() == list(range(20))
