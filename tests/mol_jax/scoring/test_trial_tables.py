"""Trials as a table: a line each, gaps where there is nothing, and what looks at no picture."""

from mol_jax.scoring.dense_csv import DenseRow
from mol_jax.scoring.predictions import Prediction, Predictions
from mol_jax.scoring.summary import summary
from mol_jax.scoring.trial_tables import has_seeds, seed_table, trial_table
from tests.mol_jax.measured import MOL

CLASSES = ("x", "y")


def predictions(*guesses, clips="xyxy") -> Predictions:
    """Returns guesses as (trial, seed, letters), two clips per subject."""
    rows = [
        Prediction("d", f"s{i // 2}", f"c{i}", f"s{i // 2}", trial, seed, true, pred)
        for trial, seed, letters in guesses
        for i, (true, pred) in enumerate(zip(clips, letters, strict=False))
    ]
    return Predictions(CLASSES, tuple(rows))


def video(trial, *, epe=None, nme=None) -> DenseRow:
    flow = {"pairs": 1, "epe": epe, "epe_zero": 0.6} if epe else {}
    landmarks = {"frames": 1, "nme": nme, "failures": 0, "nme_mean_face": 4.0} if nme else {}
    return DenseRow("d", "s0", "c0", "s0", trial, 0, flow | landmarks)


def test_trials_are_sorted_and_the_best_is_marked():
    header, rows = trial_table(summary(predictions((3, 0, "xyxy"), (1, 0, "xxxy"))))
    assert header == ["trial", "Acc, %", "WF1, %", "UF1, %", "UAR, %"]
    assert [row[0] for row in rows] == ["1", "3 (best on test data)", "flow + SVM", "no model"]
    assert rows[0][1] == "75.00 [50.0, 100.0]"
    assert [row[1] for row in rows[2:]] == ["–", "50.00"]
    assert all(len(row) == len(header) for row in rows)


def test_columns_are_there_for_what_some_trial_has():
    dense = [video(0, epe=0.5), video(1, nme=3.0)]
    metrics = summary(predictions((1, 0, "xyxy"), (2, 0, "xyx")), dense, measures=MOL)
    header, rows = trial_table(metrics, values={0: "a=1", 1: "b=2", 2: "c=3"}, keys=("uf1",))
    assert header == ["trial", "values", "scored", "UF1, %", "flow EPE, px", "landmark NME, %"]
    assert rows[0] == ["0", "a=1", "0", "–", "0.500", "–"]
    assert rows[1] == ["1", "b=2", "4", "100.00 [100.0, 100.0]", "–", "3.00"]
    assert rows[3] == ["flow + SVM", "", "", "–", "–", "–"]
    assert rows[4] == ["no model", "", "", "–", "0.600", "–"]


def test_no_score_columns_where_nothing_was_recognised():
    videos = [video(0, epe=0.5), video(1, epe=0.4)]
    header, _ = trial_table(summary(Predictions((), ()), videos, measures=MOL))
    assert header == ["trial", "flow EPE, px"]


def test_seeds_are_lines_of_their_own_where_there_are_several():
    metrics = summary(predictions((0, 0, "xyxy"), (0, 5, "yxxy"), (1, 0, "xyxy")))
    assert has_seeds(metrics)
    _, rows = seed_table(metrics)
    assert [row[:2] for row in rows] == [
        ["trial 0, mean ± sd", "75.00 ± 35.36 [50.0, 100.0]"],
        ["trial 0, seed 0", "100.00"],
        ["trial 0, seed 5", "50.00"],
        ["trial 1", "100.00 [100.0, 100.0]"],
    ]
    assert not has_seeds(summary(predictions((0, 0, "xyxy"))))
