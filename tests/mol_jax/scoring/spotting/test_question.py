"""Intervals in the score command: what it prints and what it refuses."""

import csv
import io
import json

import pytest

from mol_jax.score import main

TRUE = "video,subject,kind,onset,offset,true\na,p,micro,10,19,sad\nb,q,micro,5,14,glad\n"
SPOTTED = "video,kind,onset,offset,pred\na,micro,12,21,sad\nb,micro,40,49,glad\n"
DURATIONS = "video,seconds\na,30\nb,30\n"


@pytest.fixture
def ask(tmp_path, capsys):
    """Returns a function that writes tables and runs the command: exit code, stdout, stderr."""

    def run(true=TRUE, spotted=SPOTTED, durations=None, more=()):
        flags = []
        tables = {"truth": true, "spotting": spotted, "durations": durations}
        for name, text in tables.items():
            if text is not None:
                (tmp_path / f"{name}.csv").write_text(text)
                flags.append(f"--{name}={tmp_path / name}.csv")
        code = main([*flags, *more])
        return code, *capsys.readouterr()

    return run


def test_it_prints_pooled_scores_strs_and_each_video(ask):
    code, page, _ = ask(durations=DURATIONS)
    assert code == 0
    assert "| all | 1 | 1 | 1 | 50.00 [0.0, 100.0]" in page
    assert "| p a | 1 | 0 | 0 | 100.00 | 100.00 | 100.00 | 0.00 |" in page
    assert "STRS" in page
    assert "1.00 [0.0, 2.0]" in page, "false alarms a minute"


def test_json_and_csv_have_the_same_figures(ask):
    found = json.loads(ask(more=["--format=json"])[1])
    assert (found["tp"], found["f1"], found["false_per_minute"]) == (1, 0.5, None)
    rows = list(csv.DictReader(io.StringIO(ask(more=["--format=csv"])[1])))
    assert [row["of"] for row in rows] == ["all", "micro", "video", "video"]
    assert float(rows[0]["f1"]) == 0.5


def test_a_smaller_overlap_may_be_asked_for(ask):
    late = SPOTTED.replace("12,21", "15,24")  # IoU 5/15
    assert json.loads(ask(spotted=late, more=["--format=json"])[1])["tp"] == 0
    assert json.loads(ask(spotted=late, more=["--format=json", "--iou=0.3"])[1])["tp"] == 1


def test_seconds(ask):
    true, spotted = "video,onset,offset\na,1.5,2\n", "video,onset,offset\na,1.6,2\n"
    found = json.loads(ask(true, spotted, more=["--unit=seconds", "--format=json"])[1])
    assert (found["tp"], found["unit"]) == (1, "seconds")


BAD = {
    "no truth": ({"true": None}, "needs the true intervals: give --truth"),
    "a column is missing": ({"spotted": "video,onset\na,1\n"}, "no column offset"),
    "half a frame": ({"spotted": "video,onset,offset\na,1.5,4\n"}, "a whole frame"),
    "text for a number": ({"spotted": "video,onset,offset\na,x,4\n"}, "'x', expected a number"),
    "not a number": ({"true": "video,onset,offset\na,nan,4\n"}, "expected a finite number"),
    "ends before it begins": ({"true": "video,onset,offset\na,9,4\n"}, "after the onset"),
    "below 0": ({"true": "video,onset,offset\na,-1,4\n"}, "a number from 0"),
    "no name": ({"true": "video,onset,offset\n,1,4\n"}, "an empty cell, expected a name"),
    "twice": ({"spotted": SPOTTED + "a,micro,12,21,sad\n"}, "line 4: the interval of line 2 again"),
    "a strange video": ({"spotted": "video,onset,offset\nz,1,4\n"}, "does not have: z"),
    "an empty file": ({"spotted": ""}, "is empty"),
    "durations lack a video": (
        {"durations": "video,seconds\na,3\n"},
        "lack videos of the truth: b",
    ),
    "it lasts no time": ({"durations": "video,seconds\na,0\n"}, "a number above 0"),
    "an overlap above 1": ({"more": ["--iou=2"]}, "--iou is 2; expected a share"),
    "a form it has not": ({"more": ["--format=latex"]}, "has no --format=latex"),
    "a file of predictions": ({"more": ["x.csv"]}, "reads no file, but got x.csv"),
    "a flag alone": ({"spotted": None}, "--truth is about intervals: give --spotting too"),
}


@pytest.mark.parametrize(("given", "words"), BAD.values(), ids=BAD)
def test_bad_input_is_one_sentence(ask, given, words):
    code, out, error = ask(**given)
    assert code == 2
    assert out == ""
    assert error.count("\n") == 1
    assert words in error
