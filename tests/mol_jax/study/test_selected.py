"""What a run makes of its points: choices of held-in people, and the oracle marked as leaky."""

import json
import shutil

import pytest

from mol_jax.errors import UserError
from mol_jax.score import main as score
from mol_jax.training.engine import Engine
from tests.mol_jax import pointed, runs
from tests.mol_jax.pointed import INNER, ORACLE, QUICK, TABLES, assert_same, chosen, dataset, train
from tests.mol_jax.runs import read

SLOW = pytest.mark.slow


@pytest.fixture(autouse=True)
def served(monkeypatch):
    """The data of every run here: four subjects with four random clips each."""
    runs.serve(monkeypatch, pointed.dataset())


def test_the_oracle_changes_no_choice_and_no_prediction(both, tmp_path):
    metrics = train(tmp_path / "run", **INNER)
    assert_same(tmp_path / "run", both[0], TABLES[:2])
    assert chosen(metrics) == chosen(both[1])
    assert {row["role"] for row in read(tmp_path / "run", "by_step.csv")} == {"validation"}
    assert metrics["leaky_oracle"] is None and both[1]["leaky_oracle"]


def test_evaluation_writes_the_same_files_again(both, tmp_path, monkeypatch):
    shutil.copytree(both[0], tmp_path / "run")
    for name in ("predictions.csv", "by_step.csv", "metrics.json"):
        (tmp_path / "run" / name).unlink()
    monkeypatch.setattr(Engine, "advance", None)
    again = runs.evaluate(tmp_path / "run", **QUICK | INNER | ORACLE)
    assert_same(tmp_path / "run", both[0])
    assert {**again, "runtime": None} == {**both[1], "runtime": None}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "holds no points"),
        pytest.param("<html>", "no column trial", marks=SLOW),
        pytest.param("", "is empty", marks=SLOW),
    ],
)
def test_lost_points_are_named_and_made_again(both, tmp_path, content, says):
    shutil.copytree(both[0], tmp_path / "run")
    folder = tmp_path / "run" / "checkpoints" / "trial0" / "seed0" / "sub2"
    (folder / "by_step.csv").unlink()
    if content is not None:
        (folder / "by_step.csv").write_text(content)
    with pytest.raises(
        UserError, match=f"{folder}/by_step.csv.*{says}.*delete {folder}, th"
    ) as error:
        train(tmp_path / "run", **INNER | ORACLE)
    assert "\n" not in str(error.value)
    shutil.rmtree(folder)  # what the sentence says to do
    train(tmp_path / "run", **INNER | ORACLE)
    assert_same(tmp_path / "run", both[0])


def test_a_sweep_selects_a_trial_for_each_fold(tmp_path, capsys):
    sweep = ({}, {"optim.learning_rate": 1e-3})
    metrics = runs.train(tmp_path / "run", sweep=sweep, **QUICK | INNER)
    found = metrics["selected"]
    assert {(pick["seed"], pick["fold"]) for pick in found["picks"]} == {
        (0, f"sub{i}") for i in range(4)
    }
    picked = {pick["fold"]: pick["trial"] for pick in found["picks"]}
    every = read(tmp_path / "run", "predictions.csv")
    kept = [{**row, "trial": "0"} for row in every if int(row["trial"]) == picked[row["fold"]]]
    selected = read(tmp_path / "run", "selected.csv")
    assert sorted(selected, key=str) == sorted(kept, key=str)
    assert score([str(tmp_path / "run" / "selected.csv"), "--format=json"]) == 0
    again = json.loads(capsys.readouterr().out)
    for key in ("acc", "wf1", "uf1", "uar"):
        assert again["pooled"][key] == pytest.approx(found["pooled"][key])
    held = [row for row in read(tmp_path / "run", "by_step.csv") if row["role"] == "validation"]
    steps = {(p["trial"], p["fold"]): p["step"] for p in metrics["chosen_steps"]}
    for one in metrics["held_in"]:
        pooled = [
            row["true"] == row["pred"]
            for row in held
            if int(row["trial"]) == one["trial"]
            and int(row["step"]) == steps[one["trial"], row["fold"]]
        ]
        assert len(pooled) == one["n_clips"]
        assert one["acc"] == pytest.approx(sum(pooled) / len(pooled))
    text = (tmp_path / "run" / "report.md").read_text()
    assert "Held-in people of all folds pooled" in text
    assert "## Selected" in text and "The tested people took no part" in text


def test_the_report_says_how_and_marks_what_leaks(both):
    text = (both[0] / "report.md").read_text()
    assert "the step with the best UF1 on 1 of each fold's training persons" in text
    (found,) = both[1]["leaky_oracle"]
    ours, theirs, gap = (f"{100 * found[k]['uf1']:.2f}" for k in ("honest", "leaky", "gap"))
    assert f"honest {ours} / leaky {theirs}, gap {gap}" in text
    assert "**LEAKY, not a result:" in text
    assert f"**UF1 {ours} [" in text  # the headline is the honest one
    assert "fixed budget" not in text


def test_the_console_marks_what_leaks(both, tmp_path):
    from rich.console import Console

    from mol_jax.reporting.page import console_table

    console = Console(width=200, record=True, file=(tmp_path / "out").open("w"))
    console.print(console_table(both[1]))
    (line,) = (one for one in console.export_text().splitlines() if "leaky" in one)
    assert line.startswith("LEAKY, not a result") and "honest" in line and "gap" in line


def test_held_in_people_are_in_the_audit(both, monkeypatch, tmp_path):
    assert both[1]["audit"]["subject_independent"] is True
    spoilt = dataset()
    points = read(both[0], "by_step.csv")
    (held,) = {p["subject"] for p in points if (p["fold"], p["role"]) == ("sub0", "validation")}
    trained = min({"sub1", "sub2", "sub3"} - {held})
    row, twin = (4 * int(name.removeprefix("sub")) for name in (held, trained))
    spoilt.table.frames[row] = spoilt.table.frames[twin]
    runs.serve(monkeypatch, spoilt)
    audit = train(tmp_path / "run", **INNER, **{"protocol.only": ("sub0",)})["audit"]
    assert any("in sub0" in one for one in audit["videos_on_both_sides"]["shown"])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (INNER | {"selection.every": 0}, "with one trial and selection.every=0 there is nothing"),
        (INNER | {"selection.validation": 3}, "fold 'sub0' has 3 whom.*at most 2"),
        (ORACLE | {"selection.every": 0}, "selection.leaky_oracle is on, but selection.every is 0"),
        ({"selection.every": 5}, "which changes nothing with a fixed budget"),
        (
            INNER | {"selection.every": 7},
            r"selection.every is 7, which is no multiple of train.log",
        ),
        (INNER | {"selection.every": 20}, "training ends after train.steps = 20"),
        (
            INNER | {"tasks.mer": False, "tasks.landmarks": True},
            "selection.name is inner, but tasks.mer is off",
        ),
        (
            ORACLE | {"tasks.mer": False, "tasks.landmarks": True},
            "selection.leaky_oracle is on, but tasks.mer is off",
        ),
    ],
)
def test_what_cannot_be_chosen_is_refused(tmp_path, changes, says):
    with pytest.raises(UserError, match=says) as error:
        train(tmp_path / "run", **changes)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "run").exists()
