"""Figures of a displacement against NumPy's, and of motions whose figures are known."""

import jax.numpy as jnp
import numpy as np
import pytest

from benchmarks.displacement import measured
from mol_jax.networks.frl_dgt.warp import grid_units, warp

PEOPLE = ["ann", "ann", "bob", "bob", "cleo", "cleo"]


@pytest.fixture
def fields():
    """Returns an exact motion [6,9,9,2], one that resembles it, and where they are looked at."""
    rng = np.random.default_rng(0)
    exact = rng.normal(size=(6, 9, 9, 2)).astype(np.float32)
    motion = (0.5 * exact + 0.3 * rng.normal(size=exact.shape)).astype(np.float32)
    return exact, motion, rng.random(size=(6, 9, 9)) > 0.4


def test_a_correlation_is_that_of_all_pixels_together(fields):
    exact, motion, where = fields
    rows = measured.correlation_rows(motion, exact, where)
    expected = np.corrcoef(motion[where].ravel(), exact[where].ravel())[0, 1]
    assert measured.correlation(rows.sum(axis=0)) == pytest.approx(expected, abs=1e-9)
    swapped = measured.correlation_rows(motion[..., ::-1], exact, where)
    assert expected > 0.8
    assert abs(measured.correlation(swapped.sum(axis=0))) < 0.2
    still = measured.correlation_rows(0 * motion, exact, where)
    assert measured.correlation(still.sum(axis=0)) == 0


def test_the_share_of_a_motion_is_what_it_was_shrunk_by_and_its_error_what_is_left(fields):
    exact, _, where = fields
    rows = measured.correlation_rows(0.3 * exact, exact, where)
    assert measured.share(rows.sum(axis=0)) == pytest.approx(0.3)
    left = measured.errors(0.3 * exact, exact, where)
    assert left == pytest.approx(0.7 * measured.errors(0 * exact, exact, where), rel=1e-5)


def test_the_interval_of_a_mean_is_over_people_and_not_over_their_clips():
    by_person = np.array([0.0, 0.0, 1.0, 1.0, 2.0, 2.0])
    found = measured.mean(by_person, PEOPLE)
    assert (found.value, found.low, found.high) == (1.0, 0.0, 2.0)
    assert not measured.mean(by_person - 1, PEOPLE).clear
    assert measured.mean(by_person + 1, PEOPLE).clear
    within = measured.mean(np.array([0.0, 2.0] * 3), PEOPLE)
    assert within.low == within.high == 1.0


def test_a_motion_that_explains_the_apex_has_no_error_left_and_none_has_all(fields):
    smooth = np.broadcast_to(np.float32([0.5, -0.25]), (6, 9, 9, 2))
    rng = np.random.default_rng(1)
    onset = rng.uniform(-1, 1, size=(6, 9, 9)).astype(np.float32)
    apex = np.asarray(warp(jnp.asarray(onset), grid_units(jnp.asarray(smooth))))
    pairs = np.stack([onset, apex], axis=1)
    assert measured.ratios(smooth, pairs) == pytest.approx(0, abs=1e-4)
    assert measured.ratios(0 * smooth, pairs) == pytest.approx(1)
    assert (measured.ratios(-smooth, pairs) > 0.5).all()
