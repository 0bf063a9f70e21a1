"""Steps and trials are chosen by held-in clips; held-out ones flatter, and only where asked."""

import dataclasses

import numpy as np
import pytest

from mol_jax.scoring import chosen_step
from mol_jax.scoring.by_step import TEST, VALIDATION, Point
from mol_jax.scoring.chosen_step import gap_words, honest, leaky, oracle, select
from mol_jax.scoring.predictions import Prediction, Predictions

CLASSES = ("a", "b")


def rows(right, *, p=0.8, fold="s0", trial=0, seed=0, subject=None):
    """Returns predictions of four clips, the first `right` of them right with probability p."""
    made = []
    for k in range(4):
        true = CLASSES[k % 2]
        pred = true if k < right else CLASSES[1 - k % 2]
        probs = tuple(p if name == pred else 1 - p for name in CLASSES)
        who = subject or fold
        made.append(Prediction("d", who, f"c{k}", fold, trial, seed, true, pred, probs))
    return made


def points(role, by_step, **how):
    return [Point(step, role, row) for step, of in by_step.items() for row in of]


def held_in(**by_step):
    return points(VALIDATION, {int(name[1:]): of for name, of in by_step.items()})


def test_the_honest_step_has_the_best_uf1():
    assert honest(held_in(s5=rows(2), s10=rows(4), s15=rows(3)), CLASSES)[0] == 10


def test_of_equal_uf1_the_lower_cross_entropy_is_taken_then_the_earlier_step():
    surer = held_in(s5=rows(4, p=0.7), s10=rows(4, p=0.9), s15=rows(4, p=0.9))
    assert honest(surer, CLASSES)[0] == 10


def test_the_order_of_the_points_does_not_matter():
    given = held_in(s5=rows(3), s10=rows(4), s15=rows(4))
    assert honest(given[::-1], CLASSES) == honest(given, CLASSES)


def test_uf1_decides_and_not_accuracy():
    # Three of four right by saying one class nearly always, or three right evenly: by hand.
    def of(pairs):
        return [Prediction("d", "s", f"c{i}", "f", 0, 0, t, p, (0.5, 0.5)) for i, (t, p) in pairs]

    one_sided = of(enumerate([("a", "a")] * 6 + [("b", "a")] * 2))  # acc 0.75, UF1 0.43
    even = of(enumerate([("a", "a")] * 3 + [("a", "b")] * 3 + [("b", "b")] * 2))  # acc 0.63
    best, score = honest(held_in(s5=one_sided, s10=even), CLASSES)
    assert best == 10
    assert score[0] == pytest.approx((2 * 3 / 9 + 2 * 2 / 7) / 2)


def test_held_out_clips_have_no_part_in_the_honest_step():
    given = held_in(s5=rows(4), s10=rows(2))
    flattering = points(TEST, {5: rows(0), 10: rows(4)})
    assert honest([*given, *flattering], CLASSES) == honest(given, CLASSES)
    assert leaky([*given, *flattering], CLASSES)[0] == 10
    assert honest(flattering, CLASSES) is None and leaky(given, CLASSES) is None


def test_a_probability_of_zero_costs_much_and_not_everything():
    certain = held_in(s5=rows(3, p=1.0), s10=rows(3, p=0.9))
    step, (_, entropy) = honest(certain, CLASSES)
    assert step == 10 and np.isfinite(entropy)


def scored(*parts):
    return Predictions(CLASSES, tuple(row for part in parts for row in part))


def two_trials():
    """Two folds and two trials: held-in people prefer trial 1 in s0 and trial 0 in s1."""
    validated = {(0, "s0"): 2, (1, "s0"): 3, (0, "s1"): 4, (1, "s1"): 1}
    tested = {(0, "s0"): 4, (1, "s0"): 1, (0, "s1"): 2, (1, "s1"): 4}
    of = {
        (trial, 0, fold): points(VALIDATION, {5: rows(right, fold=fold, trial=trial)})
        for (trial, fold), right in validated.items()
    }
    table = scored(*(rows(right, fold=f, trial=t) for (t, f), right in tested.items()))
    return of, table


def test_the_trial_of_a_fold_is_chosen_by_its_held_in_people_whatever_the_test_says():
    found, kept = select(*two_trials())
    assert {(pick["fold"], pick["trial"]) for pick in found["picks"]} == {("s0", 1), ("s1", 0)}
    assert found["pooled"]["acc"] == pytest.approx((1 + 2) / 8)
    assert len(kept) == 8 and {row.trial for row in kept} == {0}
    assert found["n_subjects"] == 2


def test_of_equal_trials_the_first_is_chosen():
    of, table = two_trials()
    same = {key: points(VALIDATION, {5: rows(3, fold=key[2], trial=key[0])}) for key in of}
    assert {pick["trial"] for pick in select(same, table)[0]["picks"]} == {0}


def test_each_seed_chooses_for_itself():
    of, table = two_trials()
    other = {(1 - trial, 1, fold): given for (trial, _, fold), given in of.items()}
    again = [dataclasses.replace(row, seed=1) for row in table.rows]
    picks = select(of | other, scored(table.rows, again))[0]["picks"]
    assert {(p["seed"], p["fold"], p["trial"]) for p in picks} == {
        (0, "s0", 1), (0, "s1", 0), (1, "s0", 0), (1, "s1", 1)
    }  # fmt: skip


def test_a_trial_that_diverged_in_a_fold_is_not_chosen_there():
    of, table = two_trials()
    left = [row for row in table.rows if (row.trial, row.fold) != (1, "s0")]
    picks = select(of, scored(left))[0]["picks"]
    assert {(pick["fold"], pick["trial"]) for pick in picks} == {("s0", 0), ("s1", 0)}


def test_one_trial_or_nobody_held_in_selects_nothing():
    of, table = two_trials()
    first = [row for row in table.rows if row.trial == 0]
    assert select(of, scored(first)) is None
    assert select({}, table) is None


def test_a_trial_is_scored_on_the_held_in_people_of_all_folds():
    of, _ = two_trials()
    worse = points(VALIDATION, {10: rows(0, fold="s0", trial=1)})  # a step that is not chosen
    flattering = points(TEST, {5: rows(4, fold="s0", trial=1)})
    of[1, 0, "s0"] += worse + flattering
    first, second = chosen_step.held_in(of, CLASSES)
    assert (first["trial"], first["n_clips"]) == (0, 8) and first["acc"] == pytest.approx(6 / 8)
    assert (second["trial"], second["n_clips"]) == (1, 8) and second["acc"] == pytest.approx(4 / 8)
    # The four clips of s1 are a b a b, all right; of s0 the first two are: F1 of 3·2/(3·2 + 2).
    assert first["uf1"] == pytest.approx(6 / 8)
    assert chosen_step.held_in({}, CLASSES) is None


def test_the_gap_is_what_keeping_each_folds_best_test_step_pretends():
    tested = {
        (0, 0, fold): points(TEST, {5: rows(early, fold=fold), 10: rows(late, fold=fold)})
        for fold, early, late in (("s0", 4, 2), ("s1", 1, 2))
    }
    table = scored(rows(2, fold="s0"), rows(2, fold="s1"))
    (found,) = oracle(tested, table)
    assert found["honest"]["acc"] == pytest.approx(4 / 8)
    assert found["leaky"]["acc"] == pytest.approx(6 / 8)
    assert found["gap"]["acc"] == pytest.approx(2 / 8)
    assert gap_words(found, "acc") == "honest 50.00 / leaky 75.00, gap 25.00"


def test_the_oracle_never_lowers_accuracy_and_flatters_pure_noise():
    rng = np.random.default_rng(0)
    gaps = []
    for _ in range(20):
        folds = [f"s{i}" for i in range(8)]
        of = {
            (0, 0, fold): points(
                TEST, {step: rows(rng.integers(0, 5), fold=fold) for step in range(5, 55, 5)}
            )
            for fold in folds
        }
        last = [one.row for given in of.values() for one in given if one.step == 50]
        (found,) = oracle(of, scored(last))
        gaps.append(found["gap"]["acc"])
    assert min(gaps) >= 0 and np.mean(gaps) > 0.2


def test_without_test_points_there_is_no_oracle():
    of, table = two_trials()
    assert oracle(of, table) is None


def test_scores_are_the_same_from_a_table_that_was_read(tmp_path):
    from mol_jax.scoring.by_step import read_points, write_points

    rng = np.random.default_rng(0)
    given = []
    for step in range(5, 100, 5):
        for row in rows(int(rng.integers(0, 5))):
            p = float(np.float32(rng.random()))
            given.append(Point(step, VALIDATION, dataclasses.replace(row, probs=(p, 1 - p))))
    write_points(tmp_path / "by_step.csv", CLASSES, given)
    assert honest(read_points(tmp_path / "by_step.csv"), CLASSES) == honest(given, CLASSES)
