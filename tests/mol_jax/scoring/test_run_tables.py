"""Several runs side by side: their clips, their footnotes, and every figure as CSV."""

import csv
import dataclasses
import io

import pytest

from mol_jax.protocol.folds import NOT_INDEPENDENT
from mol_jax.scoring.megc_log import write
from mol_jax.scoring.run_tables import (
    CSV_HEADER,
    DIFFERENT,
    figures_csv,
    numbered_notes,
    parts_table,
    runs_table,
)
from mol_jax.scoring.score_file import labels, score
from tests.mol_jax import published_log


@pytest.fixture
def make(tmp_path):
    """Returns a function that writes rows as a log of a name and scores it."""

    def scored(name, rows, **how):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        write(path, rows)
        return score(str(path), **how)

    return scored


def perfect(rows):
    return [dataclasses.replace(row, pred=row.true) for row in rows]


def test_runs_of_the_same_clips_share_a_footnote_and_baselines(make):
    runs = [make("a.txt", published_log.rows()), make("b.txt", perfect(published_log.rows()))]
    (header, rows), notes = runs_table(runs)
    assert header == ["%", "clips", "subjects", "Acc", "WF1", "UF1", "UAR"]
    assert [row[:3] for row in rows] == [
        [f"{name} ¹", "442", "68"] for name in ("a", "b", "flow + SVM", "majority", "random")
    ]
    assert rows[1][3] == "100.00 [100.0, 100.0]"
    assert [note.partition(",")[0] for note in notes] == ["Task: composite/megc2019"]
    assert DIFFERENT not in numbered_notes(runs, notes)


def test_runs_of_other_clips_are_told_apart(make):
    runs = [make("a.txt", published_log.rows()), make("b.txt", published_log.rows("samm")[1:])]
    (_, rows), notes = runs_table(runs)
    assert [row[0] for row in rows] == [
        "a ¹", "b ²", "flow + SVM ¹", "majority ¹", "random ¹", "flow + SVM ²", "majority ²",
        "random ²",
    ]  # fmt: skip
    said = numbered_notes(runs, notes)
    assert said[1].startswith("² NO KNOWN TASK has these 132 clips")
    unknown = "flow + SVM: not known, no flow_svm.csv beside it."
    assert said[2:] == [f"a: {unknown}", f"b: {unknown}", DIFFERENT]


def test_the_parts_of_a_composite_stand_beside_each_other(make):
    runs = [make("a.txt", published_log.rows()), make("b.txt", published_log.rows("samm"))]
    header, rows = parts_table(runs)
    assert header[1:5] == ["all UF1", "all UAR", "casme2 UF1", "casme2 UAR"]
    assert rows[0][1::2] == ["73.53", "83.82", "65.88", "68.01"]
    assert rows[1][1:] == ["65.88", "64.15", "–", "–", "65.88", "64.15", "–", "–"]
    assert parts_table(runs[1:]) is None


def test_runs_are_named_by_what_tells_them_apart(make):
    rows = published_log.rows("samm")
    runs = [make("x/predictions.csv", rows), make("y/predictions.csv", rows), make("z.txt", rows)]
    assert labels(runs) == ["x", "y", "z"]
    same = [make("x/a.txt", rows), make("y/a.txt", rows)]
    assert labels(same) == ["x/a", "y/a"]


def test_a_caution_is_a_line_of_the_csv_and_the_runs_own_footnote(tmp_path, make):
    path = tmp_path / "p.csv"
    path.write_text("subject,clip,fold,true,pred\ns1,a,f0,x,x\ns1,b,f1,y,x\n")
    run = score(str(path))
    lines = list(csv.reader(io.StringIO(figures_csv([run]))))
    line, *_, svm = [line for line in lines if line[2] == "note"]
    assert svm[3] == "flow + SVM: not known, no flow_svm.csv beside it."
    assert line[3].startswith(f"{NOT_INDEPENDENT}: 1 of the subjects (s1) is tested in several")
    assert line[4:] == [""] * 7
    (_, rows), footnotes = runs_table([make("a.txt", published_log.rows("samm")), run])
    assert [row[0] for row in rows][:2] == ["a ¹", "p ² ³"]
    assert footnotes[1].startswith(f"**{NOT_INDEPENDENT}")


def test_a_cell_that_a_spreadsheet_would_run_is_text(tmp_path):
    path = tmp_path / "=1+1.csv"
    path.write_text("dataset,subject,true,pred\n@d,s1,-x,-x\n+d,s2,=y,-x\n")
    test = {"file": "=b.csv", "difference": -0.25, "ci95": None, "p": 0.01}
    lines = list(csv.reader(io.StringIO(figures_csv([score(str(path))], [test]))))[1:]
    texts = {cell for line in lines for cell in (line[0], line[2], line[3], line[6])}
    assert {"'=1+1", "'@d", "'+d", "'-x", "'=y", "'=b.csv"} <= texts
    assert not [text for text in texts if text.startswith(("=", "+", "-", "@"))]
    assert lines[-2][7] == "-0.25"  # a figure stays a figure


def test_csv_has_every_figure_on_a_line(make):
    run = make("a.txt", published_log.rows(), by_folds=True)
    test = {"file": "b.csv", "difference": 0.25, "ci95": [0.1, 0.4], "p": 0.01}
    lines = list(csv.reader(io.StringIO(figures_csv([run], [test]))))
    assert tuple(lines[0]) == CSV_HEADER
    assert {len(line) for line in lines} == {len(CSV_HEADER)}
    found = {tuple(line[2:4]) + (line[6],): line for line in lines[1:]}
    assert len(found) == len(lines) - 1
    every = found["all", "composite/megc2019", "uf1"]
    assert (every[4:6], round(float(every[7]), 4)) == (["442", "68"], 0.7353)
    assert (
        found["all", "composite/megc2019", "war"][7] == found["all", "composite/megc2019", "acc"][7]
    )
    assert float(found["dataset", "smic", "uf1"][7]) == pytest.approx(0.6801, abs=5e-5)
    assert float(found["class", "negative", "recall"][7]) == pytest.approx(219 / 250)
    assert {"majority", "random"} <= {name for of, name, _ in found if of == "baseline"}
    assert ("non-standard fold mean", "zero", "uf1") in found
    assert found["compare", "b.csv", "uf1_difference"][7:10] == ["0.25", "0.1", "0.4"]
