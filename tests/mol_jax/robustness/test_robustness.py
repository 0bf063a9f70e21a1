"""The card of a trained run: whose weights predict what, the files, and what is refused."""

import csv
import json
import shutil

import pytest

from mol_jax import score
from mol_jax.robustness.__main__ import main
from mol_jax.robustness.cases import FAMILIES, cases, read_families
from tests.mol_jax.moved import built


def test_families_have_levels_each_with_a_case():
    every = cases(tuple(FAMILIES))
    assert [one.number for one in every] == list(range(len(every)))
    assert len({one.how for one in every}) == len(every) > 25
    assert read_families("flow, jpeg") == ("jpeg", "flow")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "the following arguments are required: --workdir"),
        (["--workdir="], "--workdir is empty"),
        (["--workdir=nowhere"], "nowhere holds no run (no config.json)"),
        (["--workdir=gs://bucket/run"], "a run lies in a folder of this machine"),
        (["--workdir=nowhere", "--only=jpg"], "--only names 'jpg'; did you mean 'jpeg'?"),
        (["--workdir=nowhere", "--only="], "--only names ''"),
        (["--workdir=nowhere", "--only=jpeg,jpeg"], "--only names jpeg 2 times"),
        (["--workdir=nowhere", "--only=jpeg,,flow"], "--only names ''"),
        (["--workdir=nowhere", "--data_dir="], "--data_dir is empty"),
        (["--workdir=nowhere", "more"], "unrecognized arguments: more"),
        (["--workdir=nowhere", "--on=jpeg"], "unrecognized arguments: --on=jpeg"),
    ],
)
def test_bad_input_is_one_sentence(arguments, said, capsys):
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and said in printed.err and printed.err.count("\n") == 1


@pytest.mark.slow
def test_a_card_has_every_level_and_predicts_as_the_run_where_nothing_is_done(
    ststnet, tmp_path, monkeypatch, capsys
):
    built.serve(monkeypatch)
    run = shutil.copytree(ststnet, tmp_path / "run")
    assert main([f"--workdir={run}", "--only=source,rate,alignment"]) == 0
    text = capsys.readouterr().out
    assert "Unmoved, the weights predict what predictions.csv" in text
    with (run / "robustness.csv").open() as file:
        rows = list(csv.DictReader(file))
    with (run / "predictions.csv").open() as file:
        before = list(csv.DictReader(file))
    held = [row for row in rows if row["disturbed"] == "nothing"]
    assert [{key: row[key] for key in before[0]} for row in held] == before
    moved = [row for row in rows if row["level"] == "4 %"]
    assert len(moved) == 12
    assert [r["p_negative"] for r in moved] != [r["p_negative"] for r in held]
    entries = json.loads((run / "robustness.json").read_text())
    assert [one["level"] for one in entries] == [
        "as built", "middle", "1 of 2", "1 of 7", "1 %", "2 %", "4 %",
    ]  # fmt: skip
    assert score.main([str(run / "robustness.csv"), "--trial=6", "--format=json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["pooled"]["uf1"] == pytest.approx(entries[6]["uf1"])
    assert (run / "figures/robustness.png").stat().st_size > 5000
    assert "data:image/png;base64" in (run / "robustness.html").read_text()
    shutil.rmtree(run / "checkpoints/trial0/seed0/sub1")
    assert main([f"--workdir={run}"]) == 2
    assert "has not trained trial0/seed0/sub1 to its end" in capsys.readouterr().err
