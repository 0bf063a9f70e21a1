"""What the command refuses: one sentence and exit code 2, before anything is drawn."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from ml_collections import ConfigDict

from mol_jax.errors import UserError
from mol_jax.pictures.__main__ import main
from mol_jax.pictures.asked import PICTURES, read_only, shown_rows
from mol_jax.pictures.dense import pictures as dense_pictures
from mol_jax.pictures.drawn import NotThereError
from mol_jax.reporting.finished_run import read_run
from tests.mol_jax import tiny
from tests.mol_jax.fake_run import make_run


def refused(capsys, *arguments) -> str:
    """Returns the sentence of a refusal."""
    assert main([*map(str, arguments)]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith("error: ") and said.err.count("\n") == 1
    return said.err


def test_pictures_come_in_the_order_of_the_page():
    assert read_only("attention, flow,flow") == ("flow", "attention")
    assert read_only(",".join(PICTURES)) == tuple(PICTURES)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "the following arguments are required: --workdir"),
        (["--workdir="], "--workdir is empty"),
        (["--workdir=nowhere"], "nowhere holds no run (no config.json)"),
        (["--workdir=nowhere", "--only=salience"], "did you mean 'saliency'? give some of flow"),
        (["--workdir=nowhere", "--only="], "--only has '', which is no picture: give some of"),
        (["--workdir=nowhere", "--only=flow,,"], "--only has ''"),
        (["--workdir=nowhere", "--subjects=a"], "give --faces too, or neither"),
        (["--workdir=nowhere", "--most=-1"], "--most is -1; give a number of clips"),
        (["--workdir=nowhere", "--most=x"], "argument --most: invalid int value: 'x'"),
        (["--workdir=nowhere", "--out="], "--out is empty"),
        (["--workdir=nowhere", "--face"], "unrecognized arguments: --face"),
        (["--workdir=nowhere", "more"], "unrecognized arguments: more"),
    ],
)
def test_flags_are_checked_first(arguments, words, capsys):
    assert words in refused(capsys, *arguments)


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """A made-up run on people."""
    return make_run(tmp_path_factory.mktemp("people") / "run")


def test_faces_of_people_need_names_and_a_place_of_their_own(people, tmp_path, capsys):
    run = f"--workdir={people}"
    assert "--faces needs --subjects" in refused(capsys, run, "--faces")
    assert "give --out, a new folder" in refused(capsys, run, "--faces", "--subjects=sub01")
    inside = f"--out={people / 'shown'}"
    assert "a run's folder" in refused(capsys, run, "--faces", "--subjects=sub01", inside)
    words = refused(capsys, run, "--faces", "--subjects=sub99", f"--out={tmp_path / 'shown'}")
    assert "'sub99', whom this run has not tested" in words


def test_a_place_that_holds_something_is_refused(people, tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("mine")
    assert "is not empty" in refused(capsys, f"--workdir={people}", f"--out={tmp_path}")
    file = f"--out={tmp_path / 'notes.txt'}"
    assert "is a file" in refused(capsys, f"--workdir={people}", file)


def test_clips_are_named_in_full(people, capsys):
    words = refused(capsys, f"--workdir={people}", "--clips=EP02")
    assert "name each as dataset/subject/clip" in words


def test_an_unfinished_run_and_one_without_weights_are_refused(tmp_path, capsys, monkeypatch):
    run = make_run(tmp_path / "run", generated=True)
    found = json.loads((run / "metrics.json").read_text())
    (run / "metrics.json").unlink()
    assert "not finished (no metrics.json)" in refused(capsys, f"--workdir={run}")
    (run / "metrics.json").write_text(json.dumps(found | {"audit": {"fitted": True}}))
    assert "which is fitted at once and leaves no weights" in refused(capsys, f"--workdir={run}")
    (run / "metrics.json").write_text(json.dumps(found))
    with monkeypatch.context() as patch:
        patch.setattr("os.access", lambda *_: False)  # who runs the tests may write anywhere
        assert "nothing can be written in" in refused(capsys, f"--workdir={run}")


def test_a_damaged_list_of_pictures_is_named(tmp_path, capsys):
    from mol_jax import report

    run = make_run(tmp_path / "run")
    (run / "pictures.json").write_text('{"pictures": [{"name": 3}]}')
    assert report.main([str(run)]) == 2
    assert "pictures.json is damaged: remove it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("how", "task", "words"),
    [
        ({"tasks": ("mer",)}, "flow", "tasks.flow is off in this run"),
        ({"tasks": ("mer", "flow")}, "landmarks", "tasks.landmarks is off in this run"),
        ({"measures": ()}, "flow", "model.network=mol predicts none"),
        ({"tasks": ("flow", "landmarks")}, "flow", ""),
    ],
)
def test_a_run_without_a_task_has_no_such_picture(tmp_path, how, task, words):
    run = read_run(make_run(tmp_path / "run", **how))
    opened = SimpleNamespace(run=run, config=ConfigDict(run.settings))
    assert dense_pictures.why_not(opened, task) == words


def test_faces_of_people_are_those_that_are_named_and_generated_ones_everybodys():
    def of(people, subjects):
        return shown_rows(SimpleNamespace(people=people), tiny.dataset(), subjects)

    assert of(True, None) is None
    assert of(True, ["sub1"]) == {4, 5, 6, 7}
    assert of(False, None) == of(False, []) == set(range(12))
    assert of(False, ["sub0"]) == {0, 1, 2, 3}
    with pytest.raises(UserError, match="whom this run has not tested"):
        of(True, ["sub9"])


def test_of_a_subject_whose_fold_diverged_there_is_no_clip():
    table = SimpleNamespace(flow=np.zeros((4, 1, 8, 8, 2)), samples=1)
    opened = SimpleNamespace(
        clips=(), classes=("a",), label=np.zeros(4, int), tested=[0, 1], faces={2, 3},
        dataset=SimpleNamespace(table=table),
    )  # fmt: skip
    with pytest.raises(NotThereError, match="none of the clips whose faces may be shown"):
        dense_pictures.clips_of(opened)
