"""The SVM's predictions beside others: the same clips, their difference, and what does not fit."""

import dataclasses
import json

import pytest
from sklearn.metrics import accuracy_score, f1_score, recall_score

from mol_jax.errors import UserError
from mol_jax.scoring.predictions import Prediction, Predictions, write_predictions
from mol_jax.scoring.summary import summary
from mol_jax.scoring.svm.reached import (
    FILE,
    UNKNOWN,
    Floor,
    against,
    find,
    of_table,
    reached,
    read,
    rows_on,
    write,
)

CLASSES = ("x", "y")
TRUE = "xyxyxyxy"


def rows(says, *, true=TRUE, seed=0, trial=0, dataset="d", person="") -> list[Prediction]:
    """Returns one row per letter of `says`, two clips per subject; "." leaves a clip out."""
    return [
        Prediction(dataset, f"s{i // 2}", f"c{i}", f"s{i // 2}", trial, seed, t, p, person=person)
        for i, (t, p) in enumerate(zip(true, says, strict=True))
        if p != "."
    ]


SVM = Floor(tuple(rows("xyxyxyyx")))  # six of eight


def test_its_scores_are_those_of_scikit_learn():
    found = reached(rows("xxxxxxxx"), CLASSES, SVM)
    true, says = list(TRUE), list("xyxyxyyx")
    assert found["acc"] == accuracy_score(true, says) == 0.75
    assert found["uf1"] == pytest.approx(f1_score(true, says, average="macro"))
    assert found["wf1"] == pytest.approx(f1_score(true, says, average="weighted"))
    assert found["uar"] == pytest.approx(recall_score(true, says, average="macro"))
    assert all(low <= found[name] <= high for name, (low, high) in found["ci95"].items())


def test_it_is_scored_on_the_clips_that_were_predicted():
    last = rows("......xy")  # where the SVM is wrong
    assert reached(last, CLASSES, SVM)["acc"] == 0
    assert reached(rows("xx......"), CLASSES, SVM)["acc"] == 1
    assert against(last, CLASSES, SVM)["against"]["difference"] == 1
    whole = summary(Predictions(CLASSES, tuple(last)), floor=SVM)
    assert whole["baselines"]["flow_svm"]["acc"] == 0 and whole["n_clips"] == 2


def test_the_difference_is_that_of_the_same_clips_and_seeds():
    found = against(rows(TRUE), CLASSES, SVM)["against"]
    assert found["difference"] == pytest.approx(1 - reached(rows(TRUE), CLASSES, SVM)["uf1"])
    assert against(list(SVM.rows), CLASSES, SVM)["against"]["difference"] == 0
    seeds = rows(TRUE) + rows("xyxyxyyx", seed=3)
    assert against(seeds, CLASSES, SVM)["against"]["difference"] == pytest.approx(
        found["difference"] / 2
    )
    assert reached(seeds, CLASSES, SVM) == reached(rows(TRUE), CLASSES, SVM)
    lacking = rows(TRUE) + rows("xyxyxy..", seed=3)  # a fold of seed 3 diverged
    assert against(lacking, CLASSES, SVM)["against"]["difference"] > 0
    assert reached(lacking, CLASSES, SVM)["acc"] == 0.75


def test_another_trial_or_a_named_person_does_not_matter():
    first = reached(rows(TRUE), CLASSES, SVM)
    assert reached(rows(TRUE, trial=4), CLASSES, SVM) == first
    named = rows(TRUE, person="one and the same")  # one person: no interval
    assert reached(named, CLASSES, SVM)["acc"] == first["acc"]
    assert reached(named, CLASSES, SVM)["ci95"]["acc"] is None


def test_each_dataset_has_its_own():
    both = rows(TRUE) + rows("xyxy....", dataset="e")
    svm = Floor(SVM.rows + tuple(rows("yxyxxyxy", dataset="e")))
    found = summary(Predictions(CLASSES, tuple(both)), floor=svm)
    parts = {name: part["flow_svm"]["acc"] for name, part in found["per_dataset"].items()}
    assert parts == {"d": 0.75, "e": 0.0}
    assert found["baselines"]["flow_svm"]["acc"] == 0.5
    json.dumps(found, allow_nan=False)


def test_where_it_is_not_known_the_reason_stands():
    found = summary(Predictions(CLASSES, tuple(rows(TRUE))), floor=Floor(why="because"))
    assert found["baselines"]["flow_svm"] is found["per_dataset"]["d"]["flow_svm"] is None
    assert found["floor"] == {"why": "because", "notes": [], "against": None}
    assert summary(Predictions(CLASSES, tuple(rows(TRUE))))["floor"]["why"] == UNKNOWN.why


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (rows("xyxyxy.."), "holds other clips: 2 are lacking, first clip c6 of subject s3"),
        (rows("xyxyxyxy", dataset="e"), "holds other clips: 8 are lacking, first clip c0"),
        (
            rows("xyxyxyxy", true="xyxyxyyy"),
            "holds other labels: clip c6 of subject s3 of dataset d is y",
        ),
    ],
)
def test_other_clips_are_one_sentence(other, words):
    with pytest.raises(UserError, match=words):
        rows_on(rows(TRUE), Floor(tuple(other)))
    assert reached(rows(TRUE), CLASSES, Floor(tuple(other))) is None
    assert words in against(rows(TRUE), CLASSES, Floor(tuple(other)))["why"]


def test_a_class_that_only_the_svm_says_counts_as_wrong():
    odd = [dataclasses.replace(row, pred="z") for row in SVM.rows]
    assert reached(rows(TRUE), CLASSES, Floor(tuple(odd)))["acc"] == 0
    assert against(rows(TRUE), CLASSES, Floor(tuple(odd)))["against"]["difference"] > 0


def test_what_is_written_is_read_and_goes_where_it_is_not_known(tmp_path):
    one_hot = {"x": (1.0, 0.0), "y": (0.0, 1.0)}
    full = tuple(dataclasses.replace(row, probs=one_hot[row.pred]) for row in SVM.rows)
    written = write(tmp_path, CLASSES, Floor(full, notes=("a note",)))
    assert written == Floor(full, notes=("a note",))
    assert find(tmp_path / "predictions.csv").rows == full
    assert find(tmp_path / FILE).why == "this is the SVM's own file"
    assert write(tmp_path, CLASSES, Floor(why="because")).why == "because"
    assert not (tmp_path / FILE).exists() and find(tmp_path / "predictions.csv") == UNKNOWN


HEADER = "dataset,subject,clip,fold,trial,seed,true,pred\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        (HEADER, "has a header but no prediction"),
        (HEADER.replace(",true,pred", ""), "no column true, pred"),
        (HEADER + "d,s,c,s,0,0,x,x\nd,s,c,s,0,1,x,x\n", "predicts 1 clips again"),
        (HEADER + "d,s,c,s,0,0,x\n", "got 7 cells, expected 8"),
        (HEADER[:-1] + ",p_x,p_y\nd,s,c,s,0,0,x,x,0.9,0.9\n", "probabilities from 0 to 1"),
    ],
)
def test_a_damaged_file_is_one_sentence_and_no_error_where_it_only_stands_beside(
    tmp_path, text, words
):
    (tmp_path / FILE).write_text(text)
    with pytest.raises(UserError, match=words):
        read(tmp_path / FILE)
    found = find(tmp_path / "predictions.csv")
    assert found.rows is None and words in found.why
    write_predictions(tmp_path / FILE, (), SVM.rows)
    assert find(tmp_path / "predictions.csv").rows == SVM.rows


def in_folds(letters, table):
    """Returns rows with the fold of each clip named by a letter."""
    return [dataclasses.replace(row, fold=f) for row, f in zip(table, letters, strict=True)]


def test_other_folds_are_refused_and_other_names_of_folds_are_not():
    ours, lovo = rows(TRUE), Floor(tuple(in_folds("abcdefgh", SVM.rows)))
    with pytest.raises(UserError, match="is of other folds: clip c1 of subject s0 of dataset d is"):
        rows_on(ours, lovo)
    with pytest.raises(UserError, match="is of other folds"):  # the other way round
        rows_on(in_folds("abcdefgh", ours), SVM)
    for table in (ours, ours[::2]):  # one clip of each person has the same folds in both
        found = summary(Predictions(CLASSES, tuple(table)), floor=lovo)
        assert (found["baselines"]["flow_svm"] is None) == (table is ours)
    assert "is of other folds" in against(ours, CLASSES, lovo)["why"]
    named = Floor(tuple(in_folds("aabbccdd", SVM.rows)))
    assert reached(ours, CLASSES, named) == reached(ours, CLASSES, SVM)


def test_other_folds_in_one_dataset_leave_no_score_in_any():
    both = [*rows(TRUE), *rows("xyxy....", dataset="e")]
    lovo = in_folds("abcd", rows("xyxy....", dataset="e"))
    found = summary(Predictions(CLASSES, tuple(both)), floor=Floor((*SVM.rows, *lovo)))
    assert [part["flow_svm"] for part in found["per_dataset"].values()] == [None, None]
    found = summary(Predictions(CLASSES, tuple(rows(TRUE))), floor=Floor((*SVM.rows, *lovo)))
    assert found["baselines"]["flow_svm"]["acc"] == 0.75


def test_where_no_folds_are_named_they_are_not_compared_and_that_is_said():
    ours, lovo = rows(TRUE), Floor(tuple(in_folds("abcdefgh", SVM.rows)), file="its.csv")
    table = Predictions(CLASSES, tuple(ours), has_folds=False)
    assert "the table names none" in of_table(table, lovo).notes[0]
    assert summary(table, floor=of_table(table, lovo))["baselines"]["flow_svm"]["acc"] == 0.75
    named = dataclasses.replace(table, has_folds=True)
    assert of_table(named, lovo) is lovo
    unnamed = dataclasses.replace(lovo, folds=False)
    assert "its.csv names none" in of_table(named, unnamed).notes[0]


def without(dataset_of):
    """Returns the table's rows as a file without a column dataset gives them."""
    return [dataclasses.replace(row, dataset="") for row in dataset_of]


def test_a_table_without_datasets_is_matched_by_subject_and_clip():
    bare = without(rows(TRUE))
    assert reached(bare, CLASSES, SVM)["acc"] == 0.75
    assert reached(rows(TRUE), CLASSES, Floor(tuple(without(SVM.rows))))["acc"] == 0.75
    samm = [dataclasses.replace(r, dataset="samm", subject=f"00{r.subject[1:]}") for r in SVM.rows]
    plain = [dataclasses.replace(row, subject=row.subject[1:]) for row in bare]
    assert reached(plain, CLASSES, Floor(tuple(samm)))["acc"] == 0.75  # 1 is SAMM's 001
    twice = Floor((*SVM.rows, *rows("xy......", dataset="e")))
    with pytest.raises(UserError, match=r"clip c0 of subject s0 is in several datasets of the oth"):
        rows_on(bare, twice)


def test_a_message_names_the_file_and_the_datasets():
    other = Floor(tuple(rows(TRUE, dataset="e")), file="there/its.csv")
    with pytest.raises(UserError) as error:
        rows_on(rows(TRUE), other)
    assert str(error.value) == (
        "there/its.csv holds other clips: 8 are lacking, first clip c0 of subject s0 of dataset d; "
        "it is of dataset e"
    )
