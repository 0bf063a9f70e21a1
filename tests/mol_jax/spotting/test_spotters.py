"""What is spotted in a face of which one part moves, and what is not."""

import dataclasses

import numpy as np
import pytest

from mol_jax.errors import UserError
from mol_jax.spotting.settings import USUAL
from mol_jax.spotting.spotters import SPOTTERS, spot
from tests.mol_jax.spotting.moving import bump, recording

APEX, LASTS = 1.5, 0.4


@pytest.fixture(scope="module")
def smile():
    """Three seconds in which a mouth corner moves once, as quickly as a micro-expression."""
    return recording(90, mouth=bump(APEX, LASTS, 2.5))


def seconds(found, times):
    return [(times[one.onset], times[one.apex], times[one.offset]) for one in found.intervals]


@pytest.mark.parametrize("method", SPOTTERS)
def test_a_quick_motion_is_spotted_where_it_is(method, smile):
    frames, landmarks, times = smile
    found = spot(method, frames, landmarks, times)
    assert found.signal.shape == (90,)
    assert found.signal.dtype == np.float32
    ((onset, apex, offset),) = seconds(found, times)
    assert apex == pytest.approx(APEX, abs=0.07)
    both = min(offset, APEX + LASTS / 2) - max(onset, APEX - LASTS / 2)
    assert both / (max(offset, APEX + LASTS / 2) - min(onset, APEX - LASTS / 2)) >= 0.5
    assert found.intervals[0].score > USUAL.factor


@pytest.mark.parametrize("method", SPOTTERS)
def test_nothing_is_spotted_where_nothing_moves(method):
    frames, landmarks, times = recording(60, noise=0.0)
    assert (frames == frames[0]).all()
    found = spot(method, frames, landmarks, times)
    assert found.intervals == ()
    assert np.abs(found.signal).max() < 0.01 * USUAL.factor


@pytest.mark.parametrize("method", SPOTTERS)
def test_light_that_changes_is_no_expression(method):
    frames, landmarks, times = recording(75, light=lambda t: 0.85 + bump(1.2, 0.5, 0.12)(t))
    assert spot(method, frames, landmarks, times).intervals == ()


def test_a_head_that_moves_is_no_expression():
    frames, landmarks, times = recording(75, head=bump(1.2, 0.5, 3.0))
    assert spot("flow", frames, landmarks, times).intervals == ()


def test_an_expression_is_spotted_in_a_head_that_moves():
    frames, landmarks, times = recording(
        90, head=lambda t: 2.0 * np.sin(2.0 * t), brow=bump(APEX, LASTS, 2.5)
    )
    ((_, apex, _),) = seconds(spot("flow", frames, landmarks, times), times)
    assert apex == pytest.approx(APEX, abs=0.1)


@pytest.mark.slow
def test_what_stays_longer_is_no_micro_expression():
    def held(t):
        return 2.5 * np.clip(min((t - 0.6) / 0.3, (2.4 - t) / 0.3), 0, 1)

    frames, landmarks, times = recording(90, mouth=held)
    assert spot("flow", frames, landmarks, times).intervals == ()


@pytest.mark.slow
def test_seconds_count_whatever_the_rate():
    for rate in (60.0, 20.0):
        frames, landmarks, times = recording(
            round(3 * rate), rate=rate, mouth=bump(APEX, LASTS, 2.5)
        )
        ((_, apex, _),) = seconds(spot("flow", frames, landmarks, times), times)
        assert apex == pytest.approx(APEX, abs=0.1), rate


@pytest.mark.slow
def test_a_rate_that_varies_is_no_motion(smile):
    frames, landmarks, times = smile
    kept = np.sort(np.random.default_rng(0).choice(90, 72, replace=False))
    found = spot("flow", frames[kept], landmarks[kept], times[kept])
    ((_, apex, _),) = seconds(found, times[kept])
    assert apex == pytest.approx(APEX, abs=0.1)


@pytest.mark.parametrize("count", [1, 2, 5, 12])
@pytest.mark.parametrize("method", SPOTTERS)
def test_a_recording_that_is_too_short_holds_none(method, count, smile):
    frames, landmarks, times = (each[:count] for each in smile)
    found = spot(method, frames, landmarks, times)
    assert found.intervals == ()
    assert found.signal.shape == (count,)


@pytest.mark.parametrize("rate", [3.0, 3.2, 3.4, 200.0])
@pytest.mark.parametrize("method", SPOTTERS)
def test_any_rate_is_read(method, rate, smile):
    """Too few frames a second for the band of frequencies, too many for a short recording."""
    frames, landmarks, _ = smile
    for count in (40, 5):
        times = np.arange(count) / rate
        found = spot(method, frames[:count], landmarks[:count], times)
        assert found.intervals == ()
        assert np.isfinite(found.signal).all()


@pytest.mark.slow
@pytest.mark.parametrize("change", [{"factor": 1000.0}, {"longest": 0.2}, {"least": 1.0}])
def test_a_stricter_constant_spots_nothing(change, smile):
    strict = dataclasses.replace(USUAL, **change)
    assert spot("flow", *smile, settings=strict).intervals == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f, p, t: ("wave", f, p, t), "spotter is 'wave'; expected one of flow, frequency"),
        (lambda f, p, t: ("flow", f.astype(float), p, t), "expected grey uint8"),
        (lambda f, p, t: ("flow", f, p[:5], t), "one row a frame"),
        (lambda f, p, t: ("flow", f, p * np.nan, t), "expected finite numbers"),
        (lambda f, p, t: ("flow", f, p, t[::-1]), "ascending seconds"),
        (lambda f, p, t: ("flow", f, p, t[:5]), "ascending seconds"),
    ],
)
def test_bad_input(change, words, smile):
    with pytest.raises(UserError, match=words):
        spot(*change(*smile))
