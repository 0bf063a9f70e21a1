"""Scores of spotted intervals, against counts by hand and the organisers' published figures."""

import numpy as np
import pytest

from mol_jax.errors import UserError
from mol_jax.scoring.spotting.matching import match
from mol_jax.scoring.spotting.recognised import analysis, label_counts
from mol_jax.scoring.spotting.score import _scores, score, together
from mol_jax.scoring.spotting.table import Stretch


def stretch(video, onset, offset, **more):
    return Stretch(video, onset, offset, **more)


TRUE = [
    stretch("a", 10, 19, subject="p", kind="micro", label="sad"),
    stretch("a", 50, 90, subject="p", kind="macro", label="glad"),
    stretch("b", 5, 14, subject="q", kind="micro", label="glad"),
]
SPOTTED = [
    stretch("a", 12, 21, kind="micro", label="sad"),  # IoU 8/12: a hit
    stretch("a", 51, 90, kind="micro", label="glad"),  # of another kind
    stretch("b", 4, 14, kind="micro", label="sad"),  # a hit, named wrong
]
SECONDS = {("", "a"): 30.0, ("", "b"): 30.0, ("", "still"): 60.0}


@pytest.fixture(scope="module")
def found():
    return score(together(TRUE, SPOTTED, SECONDS, unit="frames"))


def test_counts_are_pooled_over_all_videos_before_they_are_divided(found):
    assert (found["tp"], found["fp"], found["fn"]) == (2, 1, 1)
    assert found["precision"] == found["recall"] == found["f1"] == pytest.approx(2 / 3)
    alone = {one["video"]: one["f1"] for one in found["videos"]}
    assert alone == {"a": pytest.approx(0.5), "b": 1.0, "still": None}


def test_kinds_stand_apart(found):
    micro, macro = found["kinds"]["micro"], found["kinds"]["macro"]
    assert (micro["tp"], micro["fp"], micro["fn"]) == (2, 1, 0)
    assert (macro["tp"], macro["fp"], macro["fn"], macro["f1"]) == (0, 0, 1, 0.0)


def test_false_alarms_are_of_all_minutes_the_quiet_ones_too(found):
    assert found["false_per_minute"] == pytest.approx(0.5)


def test_strs_is_f1_of_spotting_times_f1_of_analysis_of_the_hits(found):
    # Hits: sad named sad, glad named sad. Precision: sad 1/2, glad 0; recall: sad 1, glad 0.
    assert found["classes"] == ["glad", "sad"]
    assert found["analysis_f1"] == pytest.approx(2 * 0.25 * 0.5 / 0.75)
    assert found["analysis_uar"] == pytest.approx(0.5)
    assert found["strs"] == pytest.approx(2 / 3 * found["analysis_f1"])


def test_published_figures_of_megc_2025():
    """The baseline's row for SAMM: F1 of spotting 0.0278, of analysis 0.2222, STRS 0.0062."""
    spotting = _scores(np.array([[6, 202, 217]]), np.array([np.nan]))
    assert spotting["precision"][0] == pytest.approx(0.0269, abs=5e-5)
    assert spotting["recall"][0] == pytest.approx(0.0288, abs=5e-5)
    assert spotting["f1"][0] == pytest.approx(0.0278, abs=6e-5)
    # One right, one of another class, its own: precision 1/2, 0, 0 and recall 1, 0, 0.
    named = analysis(np.array([[[1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]]))
    assert named["precision"][0] == pytest.approx(0.1667, abs=5e-5)
    assert named["recall"][0] == pytest.approx(0.3333, abs=5e-5)
    assert named["f1"][0] == pytest.approx(0.2222, abs=5e-5)
    assert named["uf1"][0] == pytest.approx(0.2222, abs=5e-5)
    assert spotting["f1"][0] * named["f1"][0] == pytest.approx(0.0062, abs=5e-5)


def test_a_label_that_the_truth_never_has_is_wrong_and_no_class_of_the_means():
    named = analysis(np.array([[[1, 0, 1], [0, 1, 0]]]))
    assert named["recall"][0] == pytest.approx((0.5 + 1) / 2)
    assert named["precision"][0] == 1.0


def test_a_label_of_no_class_counts_beside_them():
    held = match([TRUE[0]], [stretch("a", 12, 21, kind="micro", label="angry")], unit="frames")
    assert label_counts(held, ("glad", "sad")).tolist() == [[0, 0, 0], [0, 0, 1]]
    nameless = match([stretch("a", 10, 19)], [stretch("a", 10, 19, label="sad")], unit="frames")
    assert label_counts(nameless, ("glad", "sad")).sum() == 0


def test_the_minutes_of_a_person_are_those_of_all_their_videos():
    true = [stretch("a", 0, 9, subject="p"), stretch("b", 0, 9, subject="p")]
    spotted = [stretch("a", 50, 60), stretch("b", 50, 60)]
    found = score(together(true, spotted, {("", "a"): 30.0, ("", "b"): 90.0}, unit="frames"))
    assert found["false_per_minute"] == 1.0


def test_intervals_resample_people_and_hold_the_score(found):
    assert found["by"] == "video", "nobody says who is in the third video"
    low, high = found["ci95"]["f1"]
    assert low <= found["f1"] <= high
    by_people = score(together(TRUE, SPOTTED, unit="frames"))
    assert by_people["by"] == "subject"
    assert by_people["n_people"] == 2
    assert by_people["ci95"]["f1"] == [0.5, 1.0], "of the four draws two have one person alone"


def test_one_person_has_no_interval():
    alone = score(together(TRUE[:2], SPOTTED[:2], unit="frames"))
    assert alone["ci95"]["f1"] is None


def test_nothing_spotted_and_nothing_true_is_no_score():
    quiet = score(together([], [], {("", "still"): 60.0}, unit="frames"))
    assert quiet["f1"] is None
    assert quiet["false_per_minute"] == 0.0
    missed = score(together(TRUE, [], unit="frames"))
    assert (missed["f1"], missed["recall"], missed["precision"]) == (0.0, 0.0, None)


def test_two_people_may_have_a_video_of_one_name():
    true = [stretch("v", 0, 9, subject="p"), stretch("v", 0, 9, subject="q")]
    found = score(together(true, [stretch("v", 0, 9, subject="q")], unit="frames"))
    assert [(one["subject"], one["tp"]) for one in found["videos"]] == [("p", 0), ("q", 1)]
    with pytest.raises(UserError, match="videos that the truth does not have: v"):
        together(true, [stretch("v", 0, 9)], unit="frames")
