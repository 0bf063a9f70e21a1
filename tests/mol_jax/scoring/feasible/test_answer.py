"""Answers: a matrix that has the figures, or the reason why there is none."""

import json

import numpy as np
import pytest

from mol_jax.scoring.confusion import scores
from mol_jax.scoring.feasible import answer
from mol_jax.scoring.feasible.question import read
from mol_jax.scoring.feasible.search import Answer


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("acc=79.23,n=246", "194 right are 78.86 %, 195 right are 79.27 %"),
        ("acc=79.23,task=casme2/5class", "Acc 79.23 is no whole number of 246 clips"),
        ("uar=99.99,counts=70/51/43", "the nearest are 99.52 % and 100.00 %"),
        ("acc=90.24,uar=33.33,counts=70/51/43", "Acc and UAR are possible each, but not together"),
        ("uf1=81.00,uar=72.34,counts=70/51/43", "With UAR 72.34, UF1 is at most 74.11."),
        ("uf1=81.00,uar=72.34,counts=70/51/43", "UF1 81.00 alone would be possible"),
        ("uf1=60.02,uar=87.77,counts=72/32/25/126", "UF1 is at least about 76.19"),
        ("uf1=99.99,counts=70/51/43", "UF1 is 99.44 or less, or about 100.00 or more"),
        ("uf1=90.08,uar=89.92,counts=88/32/25", "UF1 is 89.47 or less, or about 90.28 or more"),
        ("acc=57%,uf1=24%,wf1=33%,counts=1/1/5", "With Acc 57%, WF1 is at least about 51.95."),
        ("uf1=16.67%,wf1=71.10%,counts=1/4", "WF1 is 63.33 or less, or about 71.11 or more"),
        ("uf1=50,wf1=99,counts=70/51/43", "UF1 and WF1 are possible each, but not together"),
    ],
)
def test_the_reason_is_named(text, says):
    found = answer.answer(read(text))
    assert found["possible"] is False
    assert found["matrix"] is None
    assert says in " ".join(found["said"])
    assert answer.render(read(text), "md").startswith("**IMPOSSIBLE**: ")


# The paper's accuracies on one dataset, in percent, and how many clips it may mean.
@pytest.mark.parametrize(
    ("acc", "clips"),
    [
        ("91.26", (145, 147, 150, 156)), ("79.23", (243, 246, 249)), ("88.36", (133,)),
        ("76.68", (136, 157)), ("80.71", (164,)),
    ],
)  # fmt: skip
def test_no_single_dataset_accuracy_of_the_paper_is_one_prediction_per_video(acc, clips):
    assert not any(answer.answer(read(f"acc={acc},n={n}"))["possible"] for n in clips)


def test_a_possible_figure_comes_with_a_matrix_that_has_it():
    text = "acc=76.92,wf1=76.37,uf1=73.53,uar=71.86,task=megc2019"
    found = answer.answer(read(text))
    assert found["possible"] is True
    matrix = np.array(found["matrix"])
    np.testing.assert_array_equal(matrix.sum(1), (250, 109, 83))
    assert {k: f"{100 * v:.2f}" for k, v in scores(matrix).items()} == found["figures"]
    page = answer.render(read(text), "md")
    assert "| true \\ predicted | negative | positive | surprise |" in page
    assert page.endswith(answer.SCOPE)


def test_accuracy_alone_needs_no_classes():
    found = answer.answer(read("acc=79.27,n=246"))
    assert (found["possible"], found["said"]) == (True, ["195 of 246 clips right."])
    assert answer.answer(read("acc=79,n=246"))["said"] == ["194 to 195 of 246 clips right."]


def test_means_of_several_runs_are_told_apart_from_one():
    said = answer.answer(read("uf1=81.00,uar=72.34,counts=70/51/43"))
    assert said["mean_of_runs"] is False
    assert "They are not the means of several such runs either, however many." in said["said"]
    # Between what two runs of these clips have.
    said = answer.answer(read("uf1=74.1600,uar=72.34,counts=70/51/43"))
    assert (said["possible"], said["mean_of_runs"]) == (False, True)


def test_a_mean_that_is_only_not_ruled_out_is_not_called_possible():
    said = answer.answer(read("uf1=60.02,uar=87.77,counts=72/32/25/126"))
    assert (said["possible"], said["mean_of_runs"]) == (False, None)
    assert "Means of several such runs are not ruled out." in said["said"]
    said = answer.answer(read("uar=77.25,wf1=86.59,counts=9/7/3"))
    assert (said["possible"], said["mean_of_runs"]) == (False, True)


def test_without_time_nothing_is_said_about_what_is_nearest(monkeypatch):
    def out_of_time(counts, windows):
        return Answer(decided="uar" in windows and len(windows) == 2)  # only the pair is decided

    monkeypatch.setattr(answer, "search", out_of_time)
    said = " ".join(answer.answer(read("uf1=81.00,uar=72.34,counts=70/51/43"))["said"])
    assert "With UAR 72.34, UF1 is not 81.00." in said
    assert not any(word in said for word in ("at most", "at least", "alone", "Means", "means"))


def test_what_is_not_decided_of_a_part_is_not_said_of_it(monkeypatch):
    monkeypatch.setattr(answer, "search", lambda _, windows: Answer(decided=len(windows) == 3))
    said = answer.answer(read("uf1=81.00,wf1=80.00,uar=72.34,counts=70/51/43"))["said"]
    assert said[0] == "The figures are not possible together."


def test_a_value_of_0_is_a_value(monkeypatch):
    monkeypatch.setattr(answer, "search", lambda *_: Answer(below=0.0))
    said = answer.answer(read("uf1=10.00,counts=70/51/43"))["said"]
    assert said[0] == "UF1 is at most 0.00."


def test_digits_that_were_cut_off_are_told():
    found = answer.answer(read("acc=66.66,n=3"))
    assert (found["possible"], found["cut_off"]) == (False, True)
    assert "Cut off instead of rounded, the digits would be possible." in found["said"]
    assert answer.answer(read("acc=66.65,n=3"))["cut_off"] is False


def test_json_has_the_question_and_the_answer():
    found = json.loads(answer.render(read("uf1=81.00,uar=72.34,task=smic/3class"), "json"))
    assert found["counts"] == {"negative": 70, "positive": 51, "surprise": 43}
    assert (found["n"], found["possible"], found["scores"]) == (164, False, None)


def test_an_unfinished_search_is_not_called_impossible(monkeypatch):
    monkeypatch.setattr(answer, "search", lambda *_: Answer(decided=False))
    found = answer.answer(read("uf1=70.00,counts=70/51/43"))
    assert found["possible"] is None
    page = answer.render(read("uf1=70.00,counts=70/51/43"), "md")
    assert page.startswith("**NOT DECIDED**")
