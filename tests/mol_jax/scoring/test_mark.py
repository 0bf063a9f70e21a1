"""Nothing is printed of generated clips without saying so, whatever dataset is named."""

import json

import pytest

from mol_jax import score
from mol_jax.errors import UserError
from mol_jax.scoring import dense_csv, mark, predictions, summary
from mol_jax.scoring.by_step import Point, read_points, write_points
from mol_jax.scoring.clip_level import Votes, write_votes
from mol_jax.scoring.comparison import compare_trials
from mol_jax.scoring.dense_csv import DenseRow
from mol_jax.scoring.predictions import Prediction, Predictions
from mol_jax.scoring.score_file import read_scored
from mol_jax.scoring.score_file import score as scored

CLASSES = ("negative", "positive", "surprise")
HEADER = "dataset,subject,clip,fold,trial,seed,true,pred,p_negative,p_positive,p_surprise"


def table(*datasets, drawn=("casme2",), trials=1) -> list[Prediction]:
    """Returns four clips of two people for each dataset."""
    return [
        Prediction(
            dataset, f"s{k // 2}", f"c{k}", f"s{k // 2}", trial, 0, CLASSES[k % 3], CLASSES[0],
            (1.0, 0.0, 0.0), generated=dataset in drawn,
        )
        for trial in range(trials)
        for dataset in datasets
        for k in range(4)
    ]  # fmt: skip


def write(path, made):
    predictions.write_predictions(path, CLASSES, made)
    return str(path)


def printed(path, *flags) -> str:
    return score.answer(score._checked(score._parser().parse_args([path, *flags])))


def test_a_look_alike_has_a_last_column_and_nothing_else_has_one(tmp_path):
    write(tmp_path / "a.csv", table("casme2"))
    assert (tmp_path / "a.csv").read_text().splitlines()[0] == f"{HEADER},generated"
    assert all(line.endswith(",1") for line in (tmp_path / "a.csv").read_text().split()[1:])
    for real in (table("casme2", drawn=()), table("synthetic", drawn=("synthetic",))):
        write(tmp_path / "b.csv", real)
        assert (tmp_path / "b.csv").read_text().splitlines()[0] == HEADER


def test_the_mark_comes_back_and_is_each_rows_own(tmp_path):
    made = table("casme2", "samm")
    read = predictions.read_predictions(write(tmp_path / "a.csv", made)).rows
    assert [row.generated for row in read] == [True] * 4 + [False] * 4
    synthetic = predictions.read_predictions(
        write(tmp_path / "b.csv", table("synthetic", drawn=()))
    )
    assert all(row.generated for row in synthetic.rows)


@pytest.mark.parametrize(("cell", "drawn"), [("1.0", 1), ("True", 1), ("generated", 1), ("Y", 1),
                                             ("", 0), ("0", 0), ("NaN", 0), ("no", 0)])  # fmt: skip
def test_marks_as_spreadsheets_write_them(tmp_path, cell, drawn):
    path = tmp_path / "t.csv"
    path.write_text(f"subject,true,pred,generated\na,x,x,{cell}\nb,y,x,{cell}\n")
    assert [row.generated for row in read_scored(str(path)).rows] == [bool(drawn)] * 2


def test_an_unclear_mark_is_refused(tmp_path):
    (tmp_path / "t.csv").write_text("subject,true,pred,generated\na,x,x,perhaps\n")
    with pytest.raises(UserError, match="column generated: got 'perhaps', expected 1 for a gen"):
        read_scored(str(tmp_path / "t.csv"))


@pytest.mark.parametrize("form", ["md", "json", "csv", "latex"])
@pytest.mark.parametrize("trials", [1, 2])
def test_every_form_of_a_score_says_generated(tmp_path, form, trials):
    path = write(tmp_path / "a.csv", table("casme2", trials=trials))
    real = write(tmp_path / "b.csv", table("casme2", drawn=(), trials=trials))
    flags = (f"--format={form}", "--fold_means")
    text = printed(path, *flags)
    assert "GENERATED" in text
    assert "GENERATED" not in printed(real, *flags)
    together = score.answer(score._checked(score._parser().parse_args([path, real, *flags])))
    assert "GENERATED" in together
    if form == "csv":
        assert all("(GENERATED)" in line for line in text.splitlines()[1:])
        assert sum("b," in line and "GENERATED" in line for line in together.split("\n")) == 0
    if form == "latex":  # each tabular can be cut out of the text
        tabulars = text.split(r"\begin{tabular}")[1:]
        assert len(tabulars) == 2 and all("GENERATED" in of for of in tabulars)


def test_json_names_no_task_of_clips_that_only_count_like_it(tmp_path):
    counts = {"negative": 88, "positive": 32, "surprise": 25}
    every = [name for name, n in counts.items() for _ in range(n)]
    made = [
        Prediction("casme2", f"sub{k % 24}", f"c{k}", f"sub{k % 24}", 0, 0, true, true,
                   generated=drawn) for drawn in (True, False) for k, true in enumerate(every)
    ]  # fmt: skip
    found = {}
    for name, of in (("drawn", made[:145]), ("real", made[145:])):
        predictions.write_predictions(tmp_path / name, (), of)
        found[name] = json.loads(printed(str(tmp_path / name), "--format=json"))
    assert found["real"]["task"] == "casme2/3class_megc2019" and found["drawn"]["task"] is None
    assert found["drawn"]["generated_clips"] == 145 and "generated_clips" not in found["real"]
    assert found["drawn"]["task_note"].startswith("GENERATED clips, as many as in: casme2/3class")
    assert "Task: casme2/3class" in found["real"]["task_note"]


def test_a_composite_with_one_generated_part_names_it(tmp_path):
    path = write(tmp_path / "a.csv", table("casme2", "samm"))
    text = printed(path)
    assert "4 OF 8 CLIPS ARE GENERATED (casme2), drawn by a program" in text
    assert "| casme2 (GENERATED) |" in text and "| samm |" in text
    found = scored(path).result["per_dataset"]
    assert found["casme2"]["generated_clips"] == 4 and "generated_clips" not in found["samm"]


def test_a_megc_log_names_no_database_of_generated_clips(tmp_path):
    path, log = write(tmp_path / "a.csv", table("casme2", "samm")), tmp_path / "log.txt"
    printed(path, f"--megc_log={log}")
    databases = {line.split()[0] for line in log.read_text().splitlines() if len(line.split()) == 2}
    assert databases == {"GENERATED-casme2", "samm"}
    back = read_scored(str(log)).rows
    assert {(row.dataset, row.generated) for row in back} == {("casme2", True), ("samm", False)}
    assert "4 OF 8 CLIPS ARE GENERATED" in printed(str(log))


@pytest.mark.parametrize("database", ["GENERATED-casme2", "generated-casme2"])
def test_the_mark_in_a_name_is_read_in_logs_and_in_tables_made_of_them(tmp_path, database):
    (tmp_path / "log.txt").write_text(f"{database} sub01\na 0 0\nb 1 0\n")
    lines = f"{database},sub01,a,negative,negative\n{database},sub01,b,positive,negative\n"
    (tmp_path / "t.csv").write_text(f"dataset,subject,clip,true,pred\n{lines}")
    for name in ("log.txt", "t.csv"):
        again = tmp_path / f"{name}.log"
        assert "GENERATED CLIPS" in printed(str(tmp_path / name), f"--megc_log={again}")
        assert again.read_text() == "GENERATED-casme2 sub01\na 0 0\nb 1 0\n"


def test_a_comparison_with_generated_clips_says_so():
    ours, theirs = (
        Predictions(CLASSES, tuple(table("casme2", drawn=drawn))) for drawn in ((), ("casme2",))
    )
    assert compare_trials(ours, theirs, "b.csv")["file"] == "b.csv (GENERATED)"
    assert compare_trials(ours, ours, "b.csv")["file"] == "b.csv"


def test_a_run_of_an_earlier_version_is_marked_by_its_config(tmp_path):
    made = table("casme2", "samm", drawn=())
    path = write(tmp_path / "predictions.csv", made)
    assert "GENERATED" not in printed(path)
    parts = [{"name": n, "built": {"generated": n == "casme2"}} for n in ("casme2", "samm")]
    config = {"dataset": {"name": "composite", "generated": True, "parts": parts}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert "4 OF 8 CLIPS ARE GENERATED (casme2)" in printed(path)
    assert "GENERATED" not in printed(write(tmp_path / "theirs.csv", made))
    (tmp_path / "config.json").write_text("[]")
    assert "GENERATED" not in printed(path)


def test_the_other_tables_of_a_workdir_are_marked_too(tmp_path):
    made = table("casme2", "samm")
    write_points(tmp_path / "by_step.csv", CLASSES, [Point(5, "test", row) for row in made])
    assert [point.row.generated for point in read_points(tmp_path / "by_step.csv")] == (
        [True] * 4 + [False] * 4
    )
    write_votes(tmp_path / "samples.csv", CLASSES, [Votes(row, (1, 0, 0)) for row in made])
    assert (tmp_path / "samples.csv").read_text().splitlines()[1].endswith(",1")
    key = {"subject": "s", "clip": "c", "fold": "s", "trial": 0, "seed": 0}
    errors = dict.fromkeys(("pairs", "epe", "epe_zero"))
    errors |= {"frames": 7, "nme": 3.0, "failures": 0.0, "nme_mean_face": 4.0}
    dense = [DenseRow(dataset="samm", generated=True, **key, values=errors)]
    dense_csv.write_dense(tmp_path / "dense.csv", tuple(errors), dense)
    assert dense_csv.read_dense(tmp_path / "dense.csv") == dense
    found = summary.summary(Predictions((), ()), dense)
    assert mark.sentence(found).startswith("GENERATED CLIPS, drawn by a program")
