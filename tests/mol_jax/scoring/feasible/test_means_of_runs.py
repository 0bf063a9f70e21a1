"""Means of several runs: pairs outside the hull of what a run can have, and pairs inside."""

from fractions import Fraction
from itertools import combinations_with_replacement, product

import numpy as np
import pytest

from mol_jax.scoring.confusion import scores
from mol_jax.scoring.feasible import means_of_runs
from mol_jax.scoring.feasible.right_clips import Window

COUNTS = (3, 4, 2)


def around(value, half="0.00001"):
    return Window(Fraction(value) - Fraction(half), Fraction(value) + Fraction(half))


@pytest.fixture(scope="module")
def single_runs():
    """Scores of every confusion matrix of COUNTS."""
    lines = [[x for x in product(range(c + 1), repeat=3) if sum(x) == c] for c in COUNTS]
    return scores(np.array(list(product(*lines))))


@pytest.mark.parametrize("along", ["acc", "uar"])
@pytest.mark.parametrize("name", ["uf1", "wf1"])
def test_no_mean_of_runs_that_exists_is_called_impossible(single_runs, along, name):
    points = np.unique(np.stack([single_runs[along], single_runs[name]], 1), axis=0)
    chosen = points[np.random.default_rng(0).integers(0, len(points), 8)]
    for pair in combinations_with_replacement(chosen, 2):
        x, y = np.mean(pair, axis=0)
        windows = along, around(f"{x:.7f}"), name, around(f"{y:.7f}")
        assert means_of_runs.above(COUNTS, *windows) is False
        assert means_of_runs.below(COUNTS, *windows) is not True


def test_what_lies_outside_of_every_mean_is_seen(single_runs):
    x, y = single_runs["uar"], single_runs["uf1"]
    for at in (0.2, 0.5, 0.8):
        best = max(
            np.interp(at, x[[i, j]], y[[i, j]])
            for i in np.flatnonzero(x <= at)[::7]
            for j in np.flatnonzero(x >= at)[::7]
        )
        assert means_of_runs.above(COUNTS, "uar", around(str(at)), "uf1", around("0.999")) is True
        assert (
            means_of_runs.above(COUNTS, "uar", around(str(at)), "uf1", around(f"{best:.6f}"))
            is False
        )
    assert means_of_runs.below(COUNTS, "uar", around("0.9"), "uf1", around("0.2")) is True


def test_the_papers_pair_for_smic_is_no_mean_of_runs_either():
    at, value = around("0.7234", "0.00005"), around("0.8100", "0.00005")
    assert means_of_runs.above((70, 51, 43), "uar", at, "uf1", value) is True
    assert means_of_runs.above((70, 51, 43), "uar", at, "uf1", around("0.742")) is False


@pytest.mark.parametrize(("name", "value"), [("wf1", "0.8659"), ("uf1", "0.7725")])
def test_equal_uars_are_one_corner_whatever_their_last_digits(name, value):
    at = around("0.7725", "0.00005")
    assert means_of_runs.above((9, 7, 3), "uar", at, name, around(value, "0.00005")) is False


def test_what_is_not_below_a_bound_is_not_called_a_mean():
    assert means_of_runs.below(COUNTS, "uar", around("0.5"), "uf1", around("0.5")) is None


def test_too_many_matrices_are_left_alone():
    window = around("0.5")
    assert means_of_runs.above((400, 400, 400), "uar", window, "uf1", window) is None
    assert means_of_runs.below((250, 109, 83), "uar", window, "uf1", window) is None
