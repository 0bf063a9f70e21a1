"""metrics.json from rows: pooled over folds, never over seeds or trials; null where off."""

import json

import numpy as np
import pytest

from mol_jax.scoring.dense_csv import DenseRow
from mol_jax.scoring.measure import Measure
from mol_jax.scoring.predictions import Prediction, Predictions
from mol_jax.scoring.summary import summary
from tests.mol_jax.measured import COLUMNS, MOL

CLASSES = ("negative", "positive", "surprise")
SCORES = {"acc", "wf1", "uf1", "uar"}


def table(*columns, trial=0, seed=0, dataset="d") -> list[Prediction]:
    """Returns rows from (subject, true letters, pred letters)."""
    names = {name[0]: name for name in CLASSES}
    return [
        Prediction(dataset, subject, f"c{i}", subject, trial, seed, names[t], names[p])
        for subject, true, pred in columns
        for i, (t, p) in enumerate(zip(true, pred, strict=True))
    ]


def dense(subject="s1", clip="c0", seed=0, trial=0, **errors) -> DenseRow:
    return DenseRow("d", subject, clip, subject, trial, seed, dict.fromkeys(COLUMNS) | errors)


def test_the_keys_are_the_contracts():
    rows = table(("s1", "nps", "nps"), ("s2", "nps", "npn"))
    found = summary(Predictions(CLASSES, tuple(rows)), protocol="loso", runtime={"seconds": 1.0})
    assert list(found) == [
        "protocol", "n_clips", "n_subjects", "classes", "pooled", "ci95", "baselines", "floor",
        "per_dataset", "per_trial", "choice", "flow", "landmarks", "failed_folds",
        "missing_folds", "runtime",
    ]  # fmt: skip
    assert list(found["per_trial"][0]) == [
        "trial", "n_clips", "n_predictions", "mean", "sd", "ci95", "per_seed", "flow", "landmarks",
    ]  # fmt: skip
    assert set(found["pooled"]) == set(found["ci95"]) == SCORES
    assert set(found["baselines"]) == {"majority", "random", "flow_svm"}
    assert (found["n_clips"], found["n_subjects"]) == (6, 2)
    assert found["flow"] is None
    assert found["landmarks"] is None
    json.dumps(found, allow_nan=False)


def test_folds_are_pooled_before_the_division():
    rows = table(("s1", "nnnn", "nnnn"), ("s2", "ppss", "ppnn"))
    found = summary(Predictions(CLASSES, tuple(rows)))["pooled"]
    # Pooled counts: negative 4 right and 2 said wrongly, positive 2 right, surprise never.
    assert found["uf1"] == pytest.approx((8 / 10 + 1 + 0) / 3)
    assert found["acc"] == pytest.approx(6 / 8)


def test_a_perfect_predictor_and_one_that_knows_nothing():
    true = ("nnp", "nps", "nns")
    perfect = table(*((f"s{i}", letters, letters) for i, letters in enumerate(true)))
    assert summary(Predictions(CLASSES, tuple(perfect)))["pooled"] == dict.fromkeys(SCORES, 1.0)
    lazy = table(*((f"s{i}", letters, "nnn") for i, letters in enumerate(true)))
    found = summary(Predictions(CLASSES, tuple(lazy)))
    assert found["pooled"] == pytest.approx(found["baselines"]["majority"])


def test_seeds_are_averaged_and_never_pooled():
    good = table(("s1", "nps", "nps"), ("s2", "nps", "nps"), seed=0)
    bad = table(("s1", "nps", "nnn"), ("s2", "nps", "nnn"), seed=1)
    found = summary(Predictions(CLASSES, (*good, *bad)))
    assert found["n_clips"] == 6
    assert found["pooled"]["uf1"] == pytest.approx((1 + 0.5 / 3) / 2)
    trial = found["per_trial"][0]
    assert [seed["uf1"] for seed in trial["per_seed"]] == pytest.approx([1, 0.5 / 3])
    assert trial["sd"]["uf1"] == pytest.approx(np.std([1, 0.5 / 3], ddof=1))


def test_the_first_trial_is_pooled_and_every_trial_listed():
    second = table(("s1", "nps", "nps"), ("s2", "nps", "nps"), trial=5)
    first = table(("s1", "nps", "nnn"), ("s2", "nps", "nnn"), trial=2)
    found = summary(Predictions(CLASSES, (*second, *first)))
    assert found["pooled"]["acc"] == pytest.approx(1 / 3)
    assert [trial["trial"] for trial in found["per_trial"]] == [2, 5]
    assert found["per_trial"][1]["mean"]["acc"] == pytest.approx(1)
    assert found["per_trial"][0]["sd"]["acc"] is None


def test_each_dataset_is_scored_by_itself():
    one = table(("s1", "nps", "nps"), ("s2", "nps", "nps"), dataset="casme2")
    other = table(("s1", "nps", "nnn"), dataset="samm")
    found = summary(Predictions(CLASSES, (*one, *other)))
    assert found["n_subjects"] == 3  # samm's s1 is another person
    assert found["per_dataset"]["casme2"]["pooled"]["acc"] == 1
    assert found["per_dataset"]["samm"]["pooled"]["acc"] == pytest.approx(1 / 3)
    assert found["per_dataset"]["samm"]["n_clips"] == 3
    assert found["per_dataset"]["samm"]["ci95"]["uf1"] is None  # one person


def test_one_person_filmed_by_two_cameras_is_resampled_as_one():
    one = table(("s11", "nps", "nps"), ("s12", "nps", "nnn"), dataset="smic")
    other = table(("s11", "nps", "nnn"), ("s12", "nps", "nps"), dataset="smic_vis")
    found = summary(Predictions(CLASSES, (*one, *other)))
    assert (found["n_clips"], found["n_subjects"]) == (12, 2)
    assert found["ci95"]["acc"] == pytest.approx([2 / 3, 2 / 3])  # both people are alike


def test_flow_is_averaged_over_pairs_then_over_seeds():
    rows = [
        dense("s1", pairs=7, epe=0.4, epe_zero=0.6),
        dense("s2", pairs=1, epe=1.2, epe_zero=0.6),
        dense("s1", seed=1, pairs=7, epe=0.1, epe_zero=0.6),
        dense("s2", seed=1, pairs=1, epe=0.1, epe_zero=0.6),
        dense("s1", trial=1, pairs=7, epe=9.0, epe_zero=9.0),
    ]
    found = summary(Predictions((), ()), rows, measures=MOL)
    assert found["flow"] == pytest.approx({"epe": ((7 * 0.4 + 1.2) / 8 + 0.1) / 2, "epe_zero": 0.6})
    assert found["landmarks"] is None
    assert found["n_clips"] == found["n_subjects"] == 2


def test_landmarks_are_averaged_over_frames_and_failures_counted_per_frame():
    rows = [
        dense("s1", frames=7, nme=4.0, failures=1, nme_mean_face=5.0),
        dense("s2", frames=3, nme=14.0, failures=3, nme_mean_face=5.0),
    ]
    found = summary(Predictions((), ()), rows, measures=MOL)["landmarks"]
    assert found == pytest.approx({"nme": 7.0, "failure_rate": 40.0, "nme_mean_face": 5.0})


def test_a_measure_of_another_task_adds_its_own_entry():
    own = (
        Measure("age", "age", "years", "videos", reference="age_mean"),
        Measure("age_mean", "age", "years", "videos"),
        Measure("missed", "blinks", "%", "frames", key="miss_rate", share=True),
    )
    rows = [
        dense("s1", videos=1, age=2.0, age_mean=6.0, frames=7, missed=1),
        dense("s2", videos=1, age=4.0, age_mean=8.0, frames=3, missed=4),
    ]
    found = summary(Predictions((), ()), rows, measures=own)
    for entries in (found, found["per_trial"][0]):
        assert entries["age"] == {"age": 3.0, "age_mean": 7.0}
        assert entries["blinks"] == {"miss_rate": 50.0}
        assert entries["flow"] is entries["landmarks"] is None
    assert summary(Predictions((), ()), [dense("s1")], measures=own)["age"] is None
    json.dumps(found, allow_nan=False)


def test_failed_folds_are_listed_and_the_clips_that_were_scored_counted():
    failed = [{"fold": "s2", "trial": 0, "seed": 0}]
    rows = table(("s1", "nps", "nps"), ("s3", "nps", "nps"))
    found = summary(Predictions(CLASSES, tuple(rows)), failed_folds=failed)
    assert found["failed_folds"] == failed
    assert (found["n_clips"], found["n_subjects"]) == (6, 2)


def test_a_run_in_which_every_fold_failed_has_no_score():
    failed = [{"fold": "s1", "trial": 0, "seed": 0}]
    found = summary(Predictions(CLASSES, ()), [], failed_folds=failed)
    assert found["n_clips"] == 0
    for key in ("pooled", "ci95", "baselines", "per_dataset", "flow", "landmarks"):
        assert found[key] is None


def test_the_order_of_the_rows_does_not_matter():
    rows = table(("s1", "npsn", "nppn"), ("s2", "npss", "nnns"), ("s3", "nn", "np"))
    shuffled = [rows[i] for i in np.random.default_rng(0).permutation(len(rows))]
    straight = summary(Predictions(CLASSES, tuple(rows)))
    assert summary(Predictions(CLASSES, tuple(shuffled))) == straight


def test_a_trial_has_the_interval_that_it_would_have_alone():
    first = table(("s1", "nps", "nnn"), ("s2", "nps", "nps"), ("s3", "nps", "spn"))
    second = [
        row
        for seed, letters in ((0, "npn"), (1, "nnn"))
        for row in table(("s1", "nps", "nps"), ("s2", "nps", letters), trial=4, seed=seed)
    ]
    found = summary(Predictions(CLASSES, (*first, *second)))["per_trial"]
    assert found[0]["ci95"] == summary(Predictions(CLASSES, tuple(first)))["ci95"]
    assert found[1]["ci95"] == summary(Predictions(CLASSES, tuple(second)))["ci95"]
    assert found[0]["ci95"] != found[1]["ci95"]
    assert [trial["n_predictions"] for trial in found] == [9, 12]


def test_trials_with_and_without_recognition_stand_side_by_side():
    rows = table(("s1", "nps", "nps"), ("s2", "nps", "nps"), trial=1)
    videos = [dense("s1", trial=trial, pairs=1, epe=0.5 + trial, epe_zero=0.6) for trial in (0, 1)]
    videos.append(dense("s1", trial=2, frames=1, nme=3.0, failures=0, nme_mean_face=4.0))
    found = summary(Predictions(CLASSES, tuple(rows)), videos, measures=MOL)
    assert [trial["trial"] for trial in found["per_trial"]] == [0, 1, 2]
    assert [trial["flow"] and trial["flow"]["epe"] for trial in found["per_trial"]] == [
        0.5, 1.5, None,
    ]  # fmt: skip
    assert [trial["landmarks"] is None for trial in found["per_trial"]] == [True, True, False]
    off = found["per_trial"][0]
    assert {off[key] for key in ("mean", "sd", "ci95", "per_seed")} == {None}
    assert off["n_clips"] == 1
    assert found["pooled"] is None  # trial 0 has no recognition, and trial 1 does not stand in
    assert found["flow"]["epe"] == 0.5


@pytest.mark.parametrize("lacking", ["failed_folds", "missing_folds"])
def test_no_other_trial_stands_in_for_a_first_one_without_rows(lacking):
    folds = [{"fold": name, "trial": 0, "seed": 0} for name in ("s1", "s2")]
    rows = table(("s1", "nps", "nps"), ("s2", "nps", "nps"), trial=1)
    found = summary(Predictions(CLASSES, tuple(rows)), **{lacking: folds})
    assert found[lacking] == folds
    assert found["pooled"] is None
    assert found["n_clips"] == 0
    assert [trial["mean"] is None for trial in found["per_trial"]] == [True, False]


def test_another_trial_is_put_at_the_top_on_request():
    rows = [*table(("s1", "np", "np")), *table(("s1", "np", "nn"), trial=3)]
    assert summary(Predictions(CLASSES, tuple(rows)), trial=3)["pooled"]["acc"] == 0.5
