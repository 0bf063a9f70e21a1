"""A whole study of the tiny model: files, resume, evaluation, divergence, and what is refused."""

import dataclasses
import fcntl
import io
import json
import shutil
import types

import jax
import numpy as np
import pytest
from rich.console import Console

from mol_jax.errors import UserError
from mol_jax.scoring.svm.reached import Floor
from mol_jax.settings import trials
from mol_jax.study import claim, experiment, study
from mol_jax.training.engine import Engine
from tests.mol_jax import runs, tiny
from tests.mol_jax.runs import evaluate, read, train

TABLES = ("predictions.csv", "flow_svm.csv", "dense.csv", "metrics.json", "report.md")


@pytest.fixture(autouse=True)
def dataset(monkeypatch):
    """The data of every run here: three subjects with four random clips each."""
    held = tiny.dataset()
    runs.serve(monkeypatch, held)
    return held


def weights(folder):
    """Returns every weight of a run's final checkpoints, by replica."""
    import orbax.checkpoint as ocp

    finals = sorted(folder.glob("checkpoints/*/*/*/final"))
    restored = [ocp.StandardCheckpointer().restore(path.absolute()) for path in finals]
    return {path.parent.name: tree["params"] for path, tree in zip(finals, restored, strict=True)}


def test_every_file_of_the_contract_is_there(finished):
    folder, metrics = finished
    for name in (*TABLES, "config.json", "history.csv"):
        assert (folder / name).stat().st_size > 0, name
    assert list(folder.glob("figures/*.png")) and list(folder.glob("tensorboard/**/events.*"))
    assert json.loads((folder / "metrics.json").read_text()) == metrics
    assert metrics["n_clips"] == 12 and metrics["n_subjects"] == 3
    assert not list(folder.rglob("*.partial")) and not list(folder.rglob("*orbax-checkpoint-tmp*"))


def test_every_clip_is_predicted_once_by_the_fold_that_did_not_see_it(finished):
    rows = read(finished[0], "predictions.csv")
    assert sorted(row["clip"] for row in rows) == sorted(f"clip{i}" for i in range(12))
    assert all(row["fold"] == row["subject"] for row in rows)
    for row in rows:
        index = int(row["clip"].removeprefix("clip"))
        assert row["true"] == ("negative", "positive", "surprise")[index % 3]
        probabilities = {name[2:]: float(row[name]) for name in row if name.startswith("p_")}
        assert row["pred"] == max(probabilities, key=probabilities.get)
    # No head is dead, which would answer all clips of a fold alike.
    assert len({row["p_negative"] for row in rows}) == 12


def test_the_svm_stands_beside_the_score(finished):
    folder, metrics = finished
    ours, svm = read(folder, "predictions.csv"), read(folder, "flow_svm.csv")
    key = ("dataset", "subject", "clip", "fold", "true")
    assert [[row[k] for k in key] for row in svm] == [[row[k] for k in key] for row in ours]
    assert list(svm[0]) == list(ours[0]) and [row["pred"] for row in svm] != [
        row["pred"] for row in ours
    ]
    right = sum(row["pred"] == row["true"] for row in svm)
    assert metrics["baselines"]["flow_svm"]["acc"] == pytest.approx(right / 12)
    assert metrics["floor"]["against"]["p"] <= 1
    report = (folder / "report.md").read_text()
    value = 100 * metrics["baselines"]["flow_svm"]["uf1"]
    assert f"A linear SVM on the clips' own flow reaches UF1 {value:.2f} [" in report
    assert "The linear SVM beside the score takes its means" in report
    assert f"reaches UF1 {value:.2f} [" in (folder / "report.html").read_text()


def test_flow_that_is_no_number_leaves_the_run_its_own_score(finished, tmp_path, monkeypatch):
    folder = tmp_path / "copy"
    shutil.copytree(finished[0], folder)
    broken = tiny.dataset()
    broken.pairs[2].flow[0, 0] = np.nan
    runs.serve(monkeypatch, broken)
    metrics = evaluate(folder)
    assert metrics["pooled"] == finished[1]["pooled"]
    assert metrics["baselines"]["flow_svm"] is None and not (folder / "flow_svm.csv").exists()
    assert "first clip2 of subject sub0" in metrics["floor"]["why"]
    assert "flow + SVM: not known, the flow of 1 clips" in (folder / "report.md").read_text()


def test_only_bad_input_of_the_svm_leaves_the_run_its_score(monkeypatch):
    """A test row among the training rows is our bug, and must not pass for an unknown floor."""
    plain, tested = trials.plain(runs.config()), {"clips_tested": 12}
    kept = types.SimpleNamespace(trials=plain, dataset=None, folds=(), audit=tested)

    def raising(error):
        def floor(*_):
            raise error

        monkeypatch.setattr(experiment.fit_svm, "floor", floor)

    raising(UserError("the flow is odd"))
    assert experiment._floor(kept) == Floor(why="the flow is odd")
    for error in (AssertionError("would fit on rows that it tests"), ValueError("ours")):
        raising(error)
        with pytest.raises(type(error), match=str(error)):
            experiment._floor(kept)


def test_history_has_a_row_for_every_chunk(finished):
    rows = read(finished[0], "history.csv")
    assert [(row["fold"], int(row["step"])) for row in rows] == [
        (f"sub{fold}", step) for fold in range(3) for step in (5, 10, 15, 20)
    ]


def test_a_stopped_run_resumes_to_the_same_bits(finished, tmp_path, monkeypatch):
    stop_after = [7]  # chunks: fold sub0 is done, sub1 is past its checkpoint at step 10

    def advance(*args):
        if not stop_after[0]:
            raise KeyboardInterrupt
        stop_after[0] -= 1
        return original(*args)

    original = Engine.advance
    monkeypatch.setattr(Engine, "advance", advance)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "run")
    assert not (tmp_path / "run" / "predictions.csv").exists()
    stop_after[0] = 6  # what is left: two chunks of sub1, four of sub2
    said = io.StringIO()
    train(tmp_path / "run", console=Console(file=said, width=400))
    assert stop_after[0] == 0
    assert (
        "goes on where it was stopped: 1 of 3 folds are finished (sub0), sub1 goes on from step 10 "
        "of 20, 1 start anew.\n"
    ) in said.getvalue()
    waves = [line for line in said.getvalue().splitlines() if ": done, " in line]
    assert [line.partition(";")[0] for line in waves] == [
        "trial0/seed0/sub1: done, 2 of 3 in all",
        "trial0/seed0/sub2: done, 3 of 3 in all",
    ]
    assert waves[0].endswith(" left") and waves[1].endswith("in this session")
    for name in ("predictions.csv", "flow_svm.csv", "dense.csv", "history.csv"):
        assert (tmp_path / "run" / name).read_bytes() == (finished[0] / name).read_bytes(), name
    expected = weights(finished[0])
    assert set(expected) == {"sub0", "sub1", "sub2"}
    jax.tree.map(np.testing.assert_array_equal, weights(tmp_path / "run"), expected)


def test_a_stop_while_saving_loses_no_row(finished, tmp_path, monkeypatch):
    def save(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(study.Checkpoints, "save_final", save)
        train(tmp_path / "run")
    train(tmp_path / "run")
    for name in ("predictions.csv", "history.csv"):
        assert (tmp_path / "run" / name).read_bytes() == (finished[0] / name).read_bytes(), name


def test_evaluation_writes_the_same_files_again(finished, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(finished[0], folder)
    for name in TABLES:
        (folder / name).unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "advance", None)  # nothing may be trained
        evaluate(folder)
    for name in ("predictions.csv", "flow_svm.csv", "dense.csv"):
        assert (folder / name).read_bytes() == (finished[0] / name).read_bytes(), name
    again = json.loads((folder / "metrics.json").read_text())
    assert {**again, "runtime": None} == {**finished[1], "runtime": None}


def test_evaluation_keeps_what_it_does_not_predict_again(finished, tmp_path):
    folder = shutil.copytree(finished[0], tmp_path / "copy")
    said = io.StringIO()
    evaluate(folder, console=Console(file=said, width=400))
    assert "as before, to the last digit: predictions.csv, dense.csv, fl" in said.getvalue()
    assert "NOTE" not in said.getvalue() and not list(folder.rglob("*.before-*"))
    now = (folder / "predictions.csv").read_text()
    first = now.splitlines()[1]
    cells = first.split(",")
    cells[7] = "positive" if cells[7] == "negative" else "negative"  # what is predicted
    other = ",".join(cells)
    (folder / "predictions.csv").write_text(now.replace(first, other))
    place = folder / "checkpoints" / "trial0" / "seed0" / "sub1" / "predicted.npz"
    place.write_bytes(b"damaged")
    evaluate(folder, console=Console(file=said, width=400))
    kept = {path.name.partition("-")[0]: path for path in folder.rglob("*.before-*")}
    assert sorted(kept) == ["predicted.before", "predictions.before"]
    assert kept["predictions.before"].read_text() == now.replace(first, other)
    assert kept["predicted.before"].read_bytes() == b"damaged"
    assert (folder / "predictions.csv").read_text() == now
    assert "predictions.csv is NOT as it was before (1 of 12 predicted classes differ, prob" in (
        said.getvalue()
    )
    assert f"kept as {kept['predictions.before'].name}" in said.getvalue()
    assert f"kept as {kept['predicted.before']}" in said.getvalue()


def test_a_finished_run_is_not_trained_again(finished, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(finished[0], folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "advance", None)
        said = io.StringIO()
        metrics = train(folder, console=Console(file=said, width=400))
    assert "this run is finished: all its 3 folds are trained, and only its tables" in (
        said.getvalue()
    )
    before = (finished[0] / "predictions.csv").read_bytes()
    assert (folder / "predictions.csv").read_bytes() == before
    for name in ("train_seconds", "steps_per_second"):
        assert metrics["runtime"][name] == finished[1]["runtime"][name]


@pytest.mark.parametrize("name", ["metrics.json", "history.csv", "runtime.json", "dense.csv"])
def test_a_damaged_or_missing_result_is_written_again(finished, tmp_path, name):
    """All but the losses and the times, which no weights hold."""
    folder = tmp_path / "copy"
    shutil.copytree(finished[0], folder)
    if name == "history.csv":
        (folder / name).unlink()
    else:
        (folder / name).write_text("{")
    (folder / "report.md").unlink()
    metrics = evaluate(folder)
    assert json.loads((folder / "metrics.json").read_text()) == metrics
    assert {**metrics, "runtime": None} == {**finished[1], "runtime": None}
    for kept in {"predictions.csv", "dense.csv", "history.csv"} - {name} | {"dense.csv"}:
        assert (folder / kept).read_bytes() == (finished[0] / kept).read_bytes(), kept
    assert bool(read(folder, "history.csv")) == (name != "history.csv")
    train(folder)
    assert json.loads((folder / "runtime.json").read_text()).keys() >= {"train_seconds"}
    assert (folder / "report.md").stat().st_size > 0


def test_a_fold_whose_last_update_breaks_it_has_diverged(tmp_path):
    metrics = train(tmp_path / "run", **runs.WILD | {"train.steps": 10, "train.log_every": 10})
    assert len(metrics["failed_folds"]) == 3 and metrics["pooled"] is None
    assert "sub0" in (tmp_path / "run" / "report.md").read_text()


def test_a_diverged_fold_is_reported_and_the_others_keep_their_bits(finished, tmp_path):
    names = ["sub0", "sub1", "sub2"]

    def init(engine, wave):
        state = original(engine, wave)
        if names.pop(0) == "sub1":
            state = state.replace(params=jax.tree.map(lambda leaf: leaf * np.nan, state.params))
        return state

    original = Engine.init
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "init", init)
        metrics = train(tmp_path / "run")
    assert metrics["failed_folds"] == [{"fold": "sub1", "trial": 0, "seed": 0}]
    assert metrics["n_clips"] == 8
    assert "sub1" in (tmp_path / "run" / "report.md").read_text()
    mine, theirs = read(tmp_path / "run", "predictions.csv"), read(finished[0], "predictions.csv")
    assert mine == [row for row in theirs if row["fold"] != "sub1"]
    assert [row["step"] for row in read(tmp_path / "run", "history.csv")][4] == "5"


def test_seeds_are_studies_of_their_own(finished, tmp_path):
    metrics = train(tmp_path / "run", seeds=(0, 1))
    rows = read(tmp_path / "run", "predictions.csv")
    assert metrics["n_clips"] == 12 and len(rows) == 24
    of_seed_0 = [row for row in rows if row["seed"] == "0"]
    assert of_seed_0 == read(finished[0], "predictions.csv")
    assert [row["p_negative"] for row in rows[12:]] != [row["p_negative"] for row in rows[:12]]


def test_a_workdir_of_another_config_is_refused_and_left_alone(finished):
    before = {path: path.stat().st_mtime_ns for path in finished[0].rglob("*")}
    with pytest.raises(UserError, match=r"optim\.learning_rate = 0\.001, not 0\.01"):
        train(finished[0], **{"optim.learning_rate": 1e-2})
    assert {path: path.stat().st_mtime_ns for path in finished[0].rglob("*")} == before


def test_a_workdir_on_other_data_is_refused(finished, dataset):
    dataset.fingerprint["content_crc32"] = "12345678"
    with pytest.raises(UserError, match="on other data"):
        train(finished[0])


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(UserError, match="holds no run"):
        train(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="holds no run"):
        train(tmp_path / "file")


def test_evaluating_a_workdir_that_is_not_there_makes_none(tmp_path):
    with pytest.raises(UserError, match="holds no run"):
        evaluate(tmp_path / "misspelt")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("content", ["{}", "[]", "3", '{"config": 3}', "{", ""])
def test_a_config_that_is_none_is_refused(tmp_path, content):
    (tmp_path / "config.json").write_text(content)
    with pytest.raises(UserError, match=r"config\.json cannot be read"):
        train(tmp_path)


def test_two_processes_do_not_share_a_workdir(finished):
    with (finished[0] / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(UserError, match="another process is at work"):
            train(finished[0])


def test_going_on_under_another_commit_is_noted(finished, tmp_path, monkeypatch):
    folder = tmp_path / "copy"
    shutil.copytree(finished[0], folder)
    monkeypatch.setattr(claim, "git_commit", lambda: "abcdef")
    evaluate(folder)
    evaluate(folder)
    sessions = json.loads((folder / "config.json").read_text())["sessions"]
    assert [s["git_commit"] for s in sessions][1:] == ["abcdef"]
    assert "abcdef" in (folder / "report.md").read_text()


def test_evaluating_an_unfinished_run_names_the_fold(finished, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(finished[0], folder)
    shutil.rmtree(folder / "checkpoints" / "trial0" / "seed0" / "sub1")
    with pytest.raises(UserError, match="no finished weights of trial0/seed0/sub1"):
        evaluate(folder)
    assert (folder / "report.md").exists()


def test_a_corrupt_checkpoint_is_named(finished, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(finished[0], folder)
    broken = folder / "checkpoints" / "trial0" / "seed0" / "sub2" / "final"
    (broken / "manifest.ocdbt").write_bytes(b"not a manifest")
    before = (folder / "predictions.csv").read_bytes()
    with pytest.raises(UserError, match=f"checkpoint {broken} cannot be read") as error:
        evaluate(folder)
    assert "\n" not in str(error.value)
    assert (folder / "predictions.csv").read_bytes() == before
    assert (
        f"what it predicted stands in the tables; for its weights, delete {broken.parent}, t"
        in (str(error.value))
    )
    shutil.rmtree(broken.parent)  # what the sentence says to do
    train(folder)
    assert (folder / "predictions.csv").read_bytes() == before


def test_too_few_subjects_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(study.load, "load", lambda *_: tiny.dataset(per_subject=12))
    with pytest.raises(UserError, match="at least two subjects"):
        train(tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_kfold_holds_out_groups_of_subjects(tmp_path):
    kfold = {"protocol.name": "kfold", "protocol.folds": 2}
    train(tmp_path / "run", **kfold, **{"model.network": "mol", "train.steps": 5})
    rows = read(tmp_path / "run", "dense.csv")
    assert len({row["epe"] for row in rows}) == len({row["nme"] for row in rows}) == 12
    held_out = {}
    for row in read(tmp_path / "run", "predictions.csv"):
        held_out.setdefault(row["fold"], set()).add(row["subject"])
    assert held_out == {"fold1of2": {"sub0", "sub2"}, "fold2of2": {"sub1"}}


@pytest.mark.slow
def test_predictions_can_be_averaged_over_phases(tmp_path, monkeypatch):
    """And each phase is scored as a clip beside that, as the authors' release does."""
    plain = tiny.dataset()
    table = tiny.table(phases=2)
    runs.serve(monkeypatch, dataclasses.replace(plain, table=table))
    options = {"data.phases": 2, "train.steps": 5, "train.phase": "random"}
    found = train(tmp_path / "run", **options, **{"predict.phases": "all"})
    shown = [max(1, int(n)) for n in table.phases]
    assert found["clip_level"]["n_clips"] == sum(shown) and found["n_clips"] == 12
    samples = read(tmp_path / "run", "samples.csv")
    assert [sum(int(row[f"n_{c}"]) for c in plain.classes) for row in samples] == shown
    dense = read(tmp_path / "run", "dense.csv")
    assert {int(row["frames"]) for row in dense} == {1}  # no video counts more often
    report = (tmp_path / "run" / "report.md").read_text()
    assert "## Clip level beside video level" in report
    even = train(tmp_path / "even", **options)
    assert even["clip_level"] is None and not (tmp_path / "even" / "samples.csv").exists()
    assert even["pooled"] != found["pooled"] or read(tmp_path / "even", "predictions.csv") != read(
        tmp_path / "run", "predictions.csv"
    )
