"""What the command refuses: one sentence and exit code 2, and nothing is written."""

import json
import os
import shutil

import pytest

from mol_jax.moved import predict as predicting
from mol_jax.moved.__main__ import main
from mol_jax.moved.cases import cases, read_shifts
from tests.mol_jax.moved import built

NEW = ("moved.csv", "moved.json", "moved.md", "figures/moved.png")


def refused(capsys, *arguments) -> str:
    """Returns the sentence of a refusal."""
    assert main([*map(str, arguments)]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith("error: ") and said.err.count("\n") == 1
    return said.err


@pytest.mark.parametrize(
    "shifts", ["0", "-1", "nan", "inf", "", "2", "0.91", "10%", "0.1,", "0.1;0.2", "0.1,0.10", "a"]
)
def test_shifts_are_shares_each_once(shifts, capsys, tmp_path):
    words = refused(capsys, f"--workdir={tmp_path}", f"--shifts={shifts}")
    assert f"--shifts is {shifts!r}; give shares" in words


def test_shifts_are_sorted_and_make_three_cases_each():
    assert read_shifts("0.9, 0.05") == (0.05, 0.9)
    every = cases((0.05, 0.9))
    assert [one.number for one in every] == [0, 1, 2, 3, 4, 5, 6]
    assert [one.words for one in every[:4]] == [
        "unmoved",
        "onset 5 % later",
        "apex 5 % earlier",
        "apex 5 % later",
    ]
    assert every[4:] == ((4, 0.9, 0.0), (5, 0.0, -0.9), (6, 0.0, 0.9))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "the following arguments are required: --workdir"),
        (["--workdir="], "--workdir is empty"),
        (["--workdir=gs://bucket/run"], "a run lies in a folder of this machine"),
        (["--workdir=nowhere"], "nowhere holds no run (no config.json)"),
        (["--workdir=nowhere", "more"], "unrecognized arguments: more"),
        (["--workdir=nowhere", "--shift=0.1"], "unrecognized arguments: --shift=0.1"),
        (["--workdir=nowhere", "--data_dir="], "--data_dir is empty"),
    ],
)
def test_flags_are_checked_first(arguments, words, capsys):
    assert words in refused(capsys, *arguments)


def edited(name, change):
    """Returns a function that changes the content of a JSON file of a run."""

    def edit(run):
        held = json.loads((run / name).read_text())
        change(held)
        (run / name).write_text(json.dumps(held))

    return edit


def damaged(run):
    """Damages the weights of one fold in the middle of their largest file."""
    final = run / "checkpoints/trial0/seed1/sub2/final"
    largest = max((one for one in final.rglob("*") if one.is_file()), key=os.path.getsize)
    content = bytearray(largest.read_bytes())
    content[len(content) // 2] ^= 255
    largest.write_bytes(content)


def rebuilt(run):
    """Makes another dataset of what was trained on: its grey levels are others."""
    edited("config.json", lambda held: held["dataset"].update(content_crc32="01234567"))(run)


def settings(**values):
    """Returns a function that changes fields of model in a run's config."""
    return edited("config.json", lambda held: held["config"]["model"].update(values))


def held_lock(run):
    """Makes the lock a folder, which nobody can hold."""
    (run / ".lock").unlink()
    (run / ".lock").mkdir()


BAD = {
    "unfinished": (lambda run: (run / "metrics.json").unlink(), "not finished (no metrics.json)"),
    "no fold": (
        lambda run: shutil.rmtree(run / "checkpoints/trial0/seed0/sub1"),
        "has not trained trial0/seed0/sub1 to its end",
    ),
    "no weights": (
        lambda run: shutil.rmtree(run / "checkpoints/trial0/seed1/sub0/final"),
        "kept the predictions of trial0/seed1/sub0 and not its weights",
    ),
    "no score": (edited("metrics.json", lambda held: held.update(pooled=None)), "has no score"),
    "a damaged checkpoint": (damaged, "seed1/sub2/final cannot be read"),
    "a rebuilt dataset": (rebuilt, "holds a run on other data (content_crc32 was '01234567'"),
    "another version": (
        settings(gone=1),
        "does not fit this version (there is no config field",
    ),
    "a value that is none": (settings(mean="x"), "model.mean is 'x'; it must be"),
    "no lock": (held_lock, "cannot write in"),
    "no JSON": (lambda run: (run / "config.json").write_text("{"), "config.json is not JSON"),
    "no table": (lambda run: (run / "predictions.csv").unlink(), "predictions.csv could not be"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BAD)
def test_a_run_that_cannot_be_predicted_again(name, run, capsys):
    spoil, words = BAD[name]
    spoil(run)
    before = sorted(run.rglob("*"))
    assert words in refused(capsys, f"--workdir={run}", "--shifts=0.3")
    assert not any((run / new).exists() for new in NEW)
    assert set(run.rglob("*")) - set(before) <= {run / ".lock"}


@pytest.mark.slow
def test_a_dataset_that_is_gone_is_named(run, capsys, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr("mol_jax.data.generated.ensure", lambda config, **_: config.data.dir)
    words = refused(capsys, f"--workdir={run}", f"--data_dir={run.parent / 'gone'}")
    assert "gone: run python -m data_builders.build" in words


@pytest.mark.slow
def test_a_dataset_that_changes_meanwhile_is_refused(run, capsys, monkeypatch):
    whole = predicting.predict

    def lose_one(*arguments):
        built.serve(monkeypatch, built.records()[1:])
        yield from whole(*arguments)

    monkeypatch.setattr(predicting, "predict", lose_one)
    assert main([f"--workdir={run}", "--shifts=0.3"]) == 2
    assert "(5 of its 6 clips are there): run the same" in capsys.readouterr().err


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_is_refused(run, capsys, monkeypatch):
    monkeypatch.setattr("os.access", lambda *_: False)  # who runs the tests may write anywhere
    assert f"nothing can be written in {run}" in refused(capsys, f"--workdir={run}")


@pytest.mark.slow
def test_ctrl_c_leaves_no_half_of_it(run, capsys, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(predicting, "moved_table", stopped)
    assert main([f"--workdir={run}", "--shifts=0.3"]) == 130
    assert "stopped; run the same command again." in capsys.readouterr().err
    assert not any((run / new).exists() for new in NEW)
