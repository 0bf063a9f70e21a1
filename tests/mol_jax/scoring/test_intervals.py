"""Intervals are reproducible, about as wide as they claim, and resample persons, not clips."""

import numpy as np
import pytest
from scipy.stats import binomtest

from mol_jax.scoring.confusion import SCORES, scores
from mol_jax.scoring.intervals import (
    RESAMPLES,
    draw_persons,
    interval,
    mean_interval,
    paired_test,
    score_intervals,
    wilson,
)


def draw_counts(rng: np.random.Generator, persons: int, *, spread: float, clips: int = 8):
    """Returns counts [1, P, 2, 2] of persons whose accuracies differ by `spread`."""
    skill = np.clip(0.7 + spread * rng.standard_normal(persons), 0, 1)
    right = rng.binomial(clips, np.stack([skill, skill], axis=1))
    counts = np.zeros((1, persons, 2, 2), np.int64)
    counts[0, :, [0, 1], [0, 1]] = right.T
    counts[0, :, [0, 1], [1, 0]] = clips - right.T
    return counts


def test_the_same_counts_give_the_same_interval():
    counts = draw_counts(np.random.default_rng(0), 20, spread=0.1)
    assert score_intervals(counts) == score_intervals(counts.copy())


def test_the_vectorised_bootstrap_equals_a_loop_over_resamples():
    counts = draw_counts(np.random.default_rng(1), 7, spread=0.2)
    draws = []
    for weights in draw_persons(7):
        persons = np.repeat(np.arange(7), weights)
        draws.append(scores(counts[0, persons].sum(0))["uf1"])
    assert score_intervals(counts)["uf1"] == pytest.approx(interval(draws))


def test_as_many_persons_are_drawn_as_there_are():
    weights = draw_persons(9)
    assert weights.shape == (RESAMPLES, 9)
    assert (weights.sum(1) == 9).all()


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(150):
        low, high = score_intervals(draw_counts(rng, 30, spread=0.1))["acc"]
        hits += low <= 0.7 <= high
    assert 0.87 <= hits / 150 <= 0.99


def test_more_clips_of_the_same_persons_make_no_narrower_interval():
    # Each person is always right or always wrong: ten clips of a person say as much as one.
    one = draw_counts(np.random.default_rng(3), 25, spread=0.0, clips=1)
    low, high = score_intervals(one)["acc"]
    assert score_intervals(10 * one)["acc"] == pytest.approx([low, high])


def test_a_perfect_predictor_has_no_width_and_one_person_no_interval():
    perfect = np.tile(np.diag([3, 2]), (1, 6, 1, 1))
    assert score_intervals(perfect) == {name: [1.0, 1.0] for name in SCORES}
    assert score_intervals(perfect[:, :1]) == dict.fromkeys(SCORES)
    assert mean_interval([[1.0]], [[2.0]]) is None


def test_seeds_are_averaged_not_pooled():
    # One seed always says class 0, the other always class 1. Pooled they would be a coin.
    counts = np.zeros((2, 10, 2, 2), np.int64)
    counts[0, :, :, 0] = counts[1, :, :, 1] = 3
    low, high = score_intervals(counts)["uf1"]
    assert low == high == pytest.approx(1 / 3)


def test_a_seed_without_some_persons_leaves_a_usable_interval():
    counts = draw_counts(np.random.default_rng(4), 3, spread=0.1).repeat(2, axis=0)
    counts[1, :2] = 0  # these folds failed in the second seed
    bounds = score_intervals(counts)["acc"]
    assert np.isfinite(bounds).all()


def test_mean_interval_is_around_the_weighted_mean():
    rng = np.random.default_rng(5)
    count = rng.integers(1, 20, (1, 40))
    total = count * rng.normal(2.0, 0.5, (1, 40))
    low, high = mean_interval(total, count)
    assert low < total.sum() / count.sum() < high
    assert high - low < 0.6


def test_a_predictor_against_itself_has_p_one_and_a_better_one_a_small_p():
    weak = draw_counts(np.random.default_rng(6), 26, spread=0.05)
    same = paired_test(weak, weak)
    assert same == {"difference": 0.0, "ci95": [0.0, 0.0], "p": 1.0}
    perfect = np.zeros_like(weak)
    perfect[..., [0, 1], [0, 1]] = 8
    better = paired_test(perfect, weak)
    assert better["difference"] > 0.2
    assert better["ci95"][0] > 0
    assert better["p"] == pytest.approx(1 / 10_001)
    assert paired_test(weak, perfect)["difference"] == -better["difference"]


def test_the_p_of_three_persons_is_that_of_all_eight_swaps():
    ours = np.zeros((1, 3, 2, 2), np.int64)
    theirs = np.zeros_like(ours)
    ours[0, :, [0, 1], [0, 1]] = 4
    theirs[0, :, [0, 1], [1, 0]] = 4
    # Only swapping nobody or everybody is as far from zero as 1 − 0: 2 of 8 ways.
    assert paired_test(ours, theirs)["p"] == pytest.approx(0.25, abs=0.02)


def test_p_is_uniform_where_both_are_equally_good():
    rng = np.random.default_rng(7)
    p = [paired_test(*(draw_counts(rng, 12, spread=0.1) for _ in range(2)))["p"] for _ in range(40)]
    assert 0.25 < np.mean(p) < 0.75
    assert np.mean(np.array(p) < 0.05) <= 0.2


def test_a_draw_without_a_class_is_not_scored_over_fewer_classes():
    counts = np.zeros((1, 8, 3, 3), int)
    counts[0, :, 0, 0] = counts[0, :, 1, 1] = 3
    counts[0, 7] = [[0, 0, 0], [0, 0, 0], [4, 0, 0]]  # the only person with class 2, always missed
    high = score_intervals(counts)["uf1"][1]
    assert high < 2 / 3 + 1e-9


@pytest.mark.parametrize("of", [(0, 1), (1, 1), (0, 7), (3, 7), (7, 7), (60, 100)])
def test_wilsons_interval_is_scipys(of):
    bounds = binomtest(*of).proportion_ci(method="wilson")
    assert wilson(*of) == pytest.approx((bounds.low, bounds.high), abs=1e-12)
    assert 0 <= wilson(*of)[0] <= of[0] / of[1] <= wilson(*of)[1] <= 1


def test_wilsons_interval_of_a_mean_over_seeds_lies_between():
    low, high = wilson(2.5, 7)
    assert wilson(2, 7)[0] < low < wilson(3, 7)[0] and wilson(2, 7)[1] < high < wilson(3, 7)[1]
