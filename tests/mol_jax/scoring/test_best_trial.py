"""The best of several trials: who is compared, and how much a choice on test data is worth."""

import numpy as np
import pytest

from mol_jax.scoring.best_trial import choice, words
from mol_jax.scoring.predictions import Prediction, Predictions
from mol_jax.scoring.summary import summary

CLASSES = ("a", "b", "c")


def rows(guess, *, trial=0, seed=0, subjects=6, clips=6, without=()) -> list[Prediction]:
    """Returns predictions of clip i, whose class is i % 3: `guess(subject, clip)` is the class."""
    return [
        Prediction(
            "d", f"s{s}", f"c{c}", f"s{s}", trial, seed, CLASSES[c % 3], CLASSES[guess(s, c)]
        )
        for s in range(subjects)
        for c in range(clips)
        if s not in without
    ]


def right(s, c):
    return c % 3


def wrong(s, c):
    return (c + 1) % 3


def half(s, c):
    return right(s, c) if s % 2 else wrong(s, c)


def scored(*parts) -> Predictions:
    return Predictions(CLASSES, tuple(row for part in parts for row in part))


def test_one_trial_has_no_choice():
    table = scored(rows(right))
    assert choice(table, first=0) is None
    assert words(summary(table)) == []


def test_the_best_is_tested_against_the_first():
    found = choice(scored(rows(half), rows(wrong, trial=1), rows(right, trial=2)), first=0)
    assert found["trials"] == [0, 1, 2]
    assert found["best"] == 2
    assert found["against_first"]["difference"] == pytest.approx(0.5)
    assert found["by_others"]["uf1"] == pytest.approx(1)


def test_of_equals_the_first_is_the_best_and_no_test_is_made():
    found = choice(scored(rows(half, trial=4), rows(half, trial=2)), first=2)
    assert found["best"] == 2
    assert found["against_first"] is None


def test_a_trial_that_lacks_a_fold_is_not_the_best():
    table = scored(rows(half), rows(half, trial=1), rows(right, trial=2, without=(0,)))
    found = choice(table, first=0)
    assert (found["trials"], found["best"]) == ([0, 1], 0)
    assert "lacking: trial 2" in " ".join(words(summary(table)))


def test_a_trial_of_other_seeds_is_not_compared():
    table = scored(rows(half), rows(right, trial=1, seed=1))
    found = choice(table, first=0)
    assert (found["trials"], found["best"], found["by_others"]) == ([0], None, None)
    assert words(summary(table)) == [
        "The trials were not scored on the same videos and seeds: none is called the best."
    ]


def test_seeds_are_averaged_in_the_choice():
    lucky = [rows(right, trial=1), rows(wrong, trial=1, seed=1)]
    steady = [rows(half, seed=seed) for seed in (0, 1)]
    better = [rows(right, trial=2, seed=seed) for seed in (0, 1)]
    found = choice(scored(*lucky, *steady, *better), first=0)
    assert found["best"] == 2
    assert found["against_first"]["difference"] == pytest.approx(0.5)


def test_one_person_cannot_be_left_out():
    found = choice(scored(rows(wrong, subjects=1), rows(right, subjects=1, trial=1)), first=0)
    assert found["best"] == 1
    assert found["by_others"] is None
    assert found["against_first"]["ci95"] is None


def test_nobody_has_a_part_in_its_own_choice():
    # Trial 0 is right for s0 alone, trial 1 for s1 alone: s0's others choose 1, s1's choose 0.
    parts = [rows(lambda s, c, k=k: (c + (s != k)) % 3, trial=k, subjects=2) for k in (0, 1)]
    found = choice(scored(*parts), first=0)
    assert found["by_others"]["acc"] == 0
    mine = summary(scored(*parts))["per_trial"]
    assert [trial["mean"]["acc"] for trial in mine] == [0.5, 0.5]


def test_picking_the_best_of_equal_guessers_is_too_good_and_the_others_choice_is_not():
    rng = np.random.default_rng(0)
    best, unseen, first = [], [], []
    for _ in range(30):
        hit = rng.random((8, 12, 6)) < 0.6
        parts = [
            rows(lambda s, c, k=k: (c + (not hit[k, s, c])) % 3, trial=k, subjects=12)  # noqa: B023
            for k in range(8)
        ]
        found = summary(scored(*parts))
        first.append(found["pooled"]["acc"])
        best.append(found["per_trial"][found["choice"]["best"]]["mean"]["acc"])
        unseen.append(found["choice"]["by_others"]["acc"])
    assert np.mean(first) == pytest.approx(0.6, abs=0.03)
    assert np.mean(best) > 0.65
    assert np.mean(unseen) == pytest.approx(0.6, abs=0.03)


def test_the_words_name_the_choice_the_test_and_its_limit():
    said = " ".join(words(summary(scored(rows(half), rows(right, trial=3)))))
    assert "Trial 3 was CHOSEN ON TEST DATA: it is the best of 2 trials" in said
    assert "Report trial 0, or a trial chosen" in said
    assert "Against trial 0 its UF1 differs by +50.00" in said
    assert "this p does not account for the choice among 2" in said


def test_a_first_trial_without_recognition_is_not_recommended():
    table = scored(rows(half, trial=1), rows(right, trial=2))
    missing = [{"fold": "s0", "trial": 0, "seed": 0}]
    said = " ".join(words(summary(table, missing_folds=missing)))
    assert "Report a trial chosen without the test subjects." in said
    assert "Against trial" not in said


def test_the_first_trial_may_be_the_best():
    said = words(summary(scored(rows(right), rows(half, trial=1))))[0]
    assert said.startswith("Trial 0, the first, also has the highest UF1 of 2.")
    assert "CHOSEN" not in said
