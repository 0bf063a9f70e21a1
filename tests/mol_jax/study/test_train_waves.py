"""Waves: the same bits however replicas are spread, stopped and taken up again; trials apart."""

import json
import shutil
import threading
import time

import jax
import numpy as np
import pytest

from mol_jax.errors import UserError
from mol_jax.protocol.folds import Fold
from mol_jax.settings import trials
from mol_jax.study import train_waves
from mol_jax.study.checkpoints import Checkpoints
from mol_jax.study.saving import Saving
from mol_jax.study.train_waves import form_waves
from mol_jax.study.validation import Evaluation
from mol_jax.training.engine import Engine
from mol_jax.training.replicas import Replica
from tests.mol_jax import runs, tiny
from tests.mol_jax.runs import evaluate, read, train

TABLES = ("predictions.csv", "dense.csv", "history.csv")
TEXT = ("dataset", "subject", "clip", "fold", "trial", "seed", "step", "true", "pred", "finite")
SLOW = pytest.mark.slow


@pytest.fixture(autouse=True)
def dataset(monkeypatch):
    """The data of every run here: three subjects with four random clips each."""
    runs.serve(monkeypatch, tiny.dataset())


@pytest.fixture(scope="module")
def two_seeds(tmp_path_factory):
    """Six replicas, one after another: what every other way must give."""
    with pytest.MonkeyPatch.context() as patch:
        runs.serve(patch, tiny.dataset())
        folder = tmp_path_factory.mktemp("runs") / "two_seeds"
        train(folder, seeds=(0, 1))
        return folder


def assert_same_tables(folder, expected):
    for name in TABLES:
        assert (folder / name).read_bytes() == (expected / name).read_bytes(), name


def assert_close_tables(folder, expected):
    """For another number of devices: another program, which may round the last digits otherwise."""
    for name in TABLES:
        ours, theirs = read(folder, name), read(expected, name)
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            for column, value in other.items():
                if column in TEXT or not value:
                    assert one[column] == value, (name, column)
                else:
                    assert float(one[column]) == pytest.approx(float(value), rel=1e-3, abs=1e-5)


class Stop:
    """Stops a study before it starts a chunk, as Ctrl-C does."""

    def __init__(self, monkeypatch, *, after: int):
        self.left, original = after, Engine.advance

        def advance(*arguments):
            if not self.left:
                raise KeyboardInterrupt
            self.left -= 1
            return original(*arguments)

        monkeypatch.setattr(Engine, "advance", advance)


def named(*names):
    return [Replica(0, 0, Fold(name, np.array([0]), np.array([1]))) for name in names]


def test_waves_hold_replicas_of_one_step_and_the_furthest_go_first():
    a, b, c, d, e = named("a", "b", "c", "d", "e")
    starts = {a: 0, b: 20, c: 0, d: 10, e: 0}
    waves = [(step, [one.fold.name for one in wave]) for step, wave in form_waves(starts, 2)]
    assert waves == [(20, ["b"]), (10, ["d"]), (0, ["a", "c"]), (0, ["e"])]
    assert list(form_waves({}, 2)) == []


@pytest.mark.slow
def test_devices_do_not_change_a_result(two_seeds, tmp_path):
    train(tmp_path / "run", seeds=(0, 1), **{"runtime.devices": 3})
    assert_close_tables(tmp_path / "run", two_seeds)


@pytest.mark.parametrize(
    "sessions",
    [
        [(3, 3), (1, 5)],  # in the first wave; then one replica is done and another under way
        [(3, 6), (1, 2)],  # in the second wave, after it was saved
        [(8, 3), (1, 5), (3, 2)],
        [(4, 1), (4, 3), (1, 1)],
        [(4, 5), (3, 1), (8, 1)],
        [(1, 22), (8, 1)],
    ],
)
@pytest.mark.slow
def test_a_study_stopped_in_any_wave_goes_on_with_other_devices(
    two_seeds, tmp_path, monkeypatch, sessions
):
    """Each session has some devices and is stopped after some chunks; the last one finishes."""
    for devices, after in sessions:
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            Stop(patch, after=after)
            train(tmp_path / "run", seeds=(0, 1), **{"runtime.devices": devices})
    assert not (tmp_path / "run" / "predictions.csv").exists()
    train(tmp_path / "run", seeds=(0, 1), **{"runtime.devices": 3})
    assert_close_tables(tmp_path / "run", two_seeds)


@pytest.mark.parametrize("chunks", [3, 5, *(pytest.param(n, marks=SLOW) for n in (1, 2, 4, 7))])
def test_a_study_stopped_in_any_wave_resumes_to_the_same_bits(
    on_three_devices, tmp_path, monkeypatch, chunks
):
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        Stop(patch, after=chunks)
        train(tmp_path / "run", seeds=(0, 1), **{"runtime.devices": 3})
    train(tmp_path / "run", seeds=(0, 1), **{"runtime.devices": 3})
    assert_same_tables(tmp_path / "run", on_three_devices)


@pytest.fixture(scope="module")
def on_three_devices(tmp_path_factory):
    """The six replicas in two waves."""
    with pytest.MonkeyPatch.context() as patch:
        runs.serve(patch, tiny.dataset())
        folder = tmp_path_factory.mktemp("runs") / "on_three_devices"
        train(folder, seeds=(0, 1), **{"runtime.devices": 3})
        return folder


@pytest.mark.parametrize("call", [2, *(pytest.param(n, marks=SLOW) for n in (1, 3, 4, 6))])
@pytest.mark.parametrize("method", ["save", "save_final", "finish"])
def test_a_study_stopped_while_it_saves_a_wave_resumes_to_the_same_bits(
    on_three_devices, tmp_path, monkeypatch, method, call
):
    """Of three replicas each wave saves one after the other; here the n-th save never comes."""
    left, original = [call], getattr(Checkpoints, method)

    def stopped(*arguments, **named):
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        return original(*arguments, **named)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Checkpoints, method, stopped)
        train(tmp_path / "run", seeds=(0, 1), **{"runtime.devices": 3})
    train(tmp_path / "run", seeds=(0, 1), **{"runtime.devices": 3})
    assert_same_tables(tmp_path / "run", on_three_devices)
    assert not list(tmp_path.glob("run/checkpoints/*/*/*/step_*"))


def test_what_a_kill_left_of_a_finished_replica_is_cleared_away(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Checkpoints, "tidy", lambda *_: None)
        train(tmp_path / "run")
    assert len(list(tmp_path.glob("run/checkpoints/*/*/*/step_*"))) == 3
    train(tmp_path / "run")
    assert not list(tmp_path.glob("run/checkpoints/*/*/*/step_*"))


def test_a_wave_is_gone_from_the_devices_before_the_next_one_starts(tmp_path, monkeypatch):
    held, original = [], Engine.advance

    def advance(*arguments):
        held.append(sum(leaf.nbytes for leaf in jax.live_arrays()))
        return original(*arguments)

    monkeypatch.setattr(Engine, "advance", advance)
    train(tmp_path / "run")
    first, second, third = held[::4]  # of four chunks each
    assert first == second == third


def test_saving_and_looking_at_points_are_no_time_of_training(tmp_path, monkeypatch):
    now, calls = [0.0], []

    def monotonic():  # threads of the writer ask too, thousands of times on a slow machine
        now[0] += 0.1 * (threading.current_thread() is threading.main_thread())
        return now[0]

    def long(owner, method):
        original = getattr(owner, method)

        def called(*arguments):
            now[0] += 1000
            calls.append(method)
            return original(*arguments)

        monkeypatch.setattr(owner, method, called)

    monkeypatch.setattr(time, "monotonic", monotonic)
    long(Saving, "save")
    long(Evaluation, "take")
    oracle = {"selection.leaky_oracle": True, "selection.every": 10}
    metrics = train(tmp_path / "run", **oracle)
    assert sorted(calls) == ["save"] * 3 + ["take"] * 6
    assert 0 < metrics["runtime"]["train_seconds"] < 1000


@pytest.mark.parametrize("method", ["save", "save_final"])
def test_training_goes_on_while_a_wave_is_written(finished, tmp_path, monkeypatch, method):
    """No write ends before the chunk behind it has begun: the third of its wave's four, or the
    first of the next wave. Behind the last wave's weights there is none.
    """
    chunks, waited = threading.Semaphore(0), []
    advance, write = Engine.advance, getattr(Checkpoints, method)
    expected = {"save": [3, 4, 4], "save_final": [5, 4, 0]}[method]  # begun since the last write

    def advanced(*arguments):
        chunks.release()
        return advance(*arguments)

    def written(*arguments):
        begun = range(expected[len(waited)])
        waited.append(all(chunks.acquire(timeout=60) for _ in begun))
        return write(*arguments)

    monkeypatch.setattr(Engine, "advance", advanced)
    monkeypatch.setattr(Checkpoints, method, written)
    train(tmp_path / "run")
    assert waited == [True] * 3
    assert_same_tables(tmp_path / "run", finished[0])


def test_a_save_that_fails_ends_the_study_in_its_wave(finished, tmp_path, monkeypatch):
    """With one sentence; the same command goes on to the same bits."""
    begun, advance = [], Engine.advance

    def full(*_):
        raise UserError("could not save it (the disk is full)")

    def advanced(*arguments):
        begun.append(1)
        return advance(*arguments)

    with monkeypatch.context() as patch, pytest.raises(UserError, match="the disk is full"):
        patch.setattr(Checkpoints, "save", full)
        patch.setattr(Engine, "advance", advanced)
        train(tmp_path / "run")
    assert 2 <= len(begun) <= 4
    train(tmp_path / "run")
    assert_same_tables(tmp_path / "run", finished[0])


def test_weights_are_whole_before_any_of_a_wave_is_finished():
    did = []

    class Noting:
        def save_final(self, name, weights):
            if name == "trial0/seed0/c":
                raise KeyboardInterrupt
            did.append(("weights", name, weights))

        def finish(self, name, predicted, *, finite):
            did.append(("finish", name, predicted, finite))

    (a, b, c), tested = named("a", "b", "c"), train_waves.Tested
    train_waves._finish(Noting(), [tested(a, "p", True, "w"), tested(b, "q", False, None)])
    assert did == [
        ("weights", a.name, "w"),
        ("finish", a.name, "p", True),
        ("finish", b.name, "q", False),
    ]
    did.clear()
    with pytest.raises(KeyboardInterrupt):
        train_waves._finish(Noting(), [tested(a, "p", True, "w"), tested(c, "q", True, "w")])
    assert did == [("weights", a.name, "w")]


def test_finished_waves_are_not_trained_again(tmp_path, monkeypatch):
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        Stop(patch, after=4)  # a wave of three
        train(tmp_path / "run", seeds=(0, 1), **{"runtime.devices": 3})
    assert len(list(tmp_path.glob("run/checkpoints/*/*/*/predicted.npz"))) == 3
    with monkeypatch.context() as patch:
        stop = Stop(patch, after=4)
        train(tmp_path / "run", seeds=(0, 1), **{"runtime.devices": 3})
        assert stop.left == 0


@pytest.mark.slow
def test_groups_train_as_one_after_another(two_seeds, tmp_path):
    train(tmp_path / "run", seeds=(0, 1), **{"runtime.group": 3})
    ours, theirs = (read(folder, "predictions.csv") for folder in (tmp_path / "run", two_seeds))
    names = ("subject", "clip", "fold", "trial", "seed", "true")
    assert [[row[n] for n in names] for row in ours] == [[row[n] for n in names] for row in theirs]
    p = [[float(row["p_negative"]) for row in rows] for rows in (ours, theirs)]
    np.testing.assert_allclose(*p, atol=1e-3)  # float32 rounding, carried on for 20 updates


@pytest.mark.slow
def test_a_group_too_big_for_the_memory_is_refused_and_goes_on_smaller(
    two_seeds, tmp_path, monkeypatch
):
    def advance(*_):
        raise jax.errors.JaxRuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 1 bytes")

    with monkeypatch.context() as patch:
        patch.setattr(Engine, "advance", advance)
        with pytest.raises(UserError, match=r"memory with runtime\.group=3.*runtime\.group=1"):
            train(tmp_path / "run", seeds=(0, 1), **{"runtime.group": 3})
    train(tmp_path / "run", seeds=(0, 1))
    assert_same_tables(tmp_path / "run", two_seeds)


def test_a_group_that_was_chosen_and_is_too_big_is_named_with_what_fits():
    """Which may be neither: that one replica does not fit is found out while groups are timed."""
    trial = trials.plain(runs.config(**{"runtime.group": "auto"}))[0]
    with (
        pytest.raises(UserError, match=r"group=auto; .*\.group=1, or .* chosen, with a smaller"),
        train_waves._memory_refused(trial),
    ):
        raise jax.errors.JaxRuntimeError("RESOURCE_EXHAUSTED: Out of memory")


def test_folds_can_be_trained_a_few_at_a_time(finished, tmp_path):
    first = train(tmp_path / "run", **{"protocol.only": ("sub1",)})
    assert [fold["fold"] for fold in first["missing_folds"]] == ["sub0", "sub2"]
    assert first["n_clips"] == 4
    svm = {row["clip"]: row for row in read(finished[0], "flow_svm.csv")}
    right = [svm[f"clip{i}"]["pred"] == svm[f"clip{i}"]["true"] for i in range(4, 8)]
    assert first["baselines"]["flow_svm"]["acc"] == sum(right) / 4  # on the same clips
    assert "sub0" in (tmp_path / "run" / "report.md").read_text()
    whole = train(tmp_path / "run")
    assert whole["missing_folds"] == [] and whole["n_clips"] == 12
    assert_same_tables(tmp_path / "run", finished[0])


def test_some_folds_can_be_evaluated_on_other_devices(finished, tmp_path, monkeypatch):
    shutil.copytree(finished[0], tmp_path / "run")
    (tmp_path / "run" / "predictions.csv").unlink()
    predicted = []

    def finish(checkpoints, name, errors, *, finite):
        predicted.append(name)
        return original(checkpoints, name, errors, finite=finite)

    original = Checkpoints.finish
    monkeypatch.setattr(Checkpoints, "finish", finish)
    monkeypatch.setattr(Engine, "advance", None)  # nothing may be trained
    only = ("sub0", "sub2")
    evaluate(tmp_path / "run", **{"protocol.only": only, "runtime.devices": 3})
    assert predicted == ["trial0/seed0/sub0", "trial0/seed0/sub2"]
    assert_close_tables(tmp_path / "run", finished[0])


@pytest.mark.parametrize(
    ("only", "words"), [(("sub9",), "did you mean 'sub"), (("sub0", "x"), "the fold 'x'")]
)
def test_a_fold_that_is_not_there_is_refused(tmp_path, only, words):
    with pytest.raises(UserError, match=words):
        train(tmp_path / "run", **{"protocol.only": only})
    assert not (tmp_path / "run").exists()


def test_without_weights_a_study_goes_on_and_says_why_it_cannot_be_evaluated(
    finished, tmp_path, monkeypatch
):
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        Stop(patch, after=7)
        train(tmp_path / "run", **{"train.keep_weights": False})
    train(tmp_path / "run", **{"train.keep_weights": False})
    assert_same_tables(tmp_path / "run", finished[0])
    held = sorted(path.name for path in tmp_path.glob("run/checkpoints/*/*/*/*"))
    assert held == ["predicted.npz"] * 3
    with pytest.raises(UserError, match="the predictions of trial0/seed0/sub0 and not its weights"):
        evaluate(tmp_path / "run")


def test_a_damaged_prediction_is_named_and_made_again(finished, tmp_path):
    shutil.copytree(finished[0], tmp_path / "run")
    broken = tmp_path / "run" / "checkpoints" / "trial0" / "seed0" / "sub1" / "predicted.npz"
    broken.write_bytes(b"PK")
    with pytest.raises(UserError, match=f"{broken} cannot be read") as error:
        train(tmp_path / "run")
    assert "\n" not in str(error.value)
    broken.unlink()  # what the sentence says to do
    train(tmp_path / "run")
    assert_same_tables(tmp_path / "run", finished[0])


SWEEP = ({}, {"optim.learning_rate": 1e-2}, {"model.ccc": False, "train.steps": 10})


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """Three trials of the tiny run: the first two are one program, the third another."""
    with pytest.MonkeyPatch.context() as patch:
        runs.serve(patch, tiny.dataset())
        folder = tmp_path_factory.mktemp("runs") / "swept"
        return folder, train(folder, sweep=SWEEP)


def test_trials_stand_in_one_table_and_leave_each_other_alone(swept, finished):
    folder, metrics = swept
    rows = read(folder, "predictions.csv")
    assert [row["trial"] for row in rows] == ["0"] * 12 + ["1"] * 12 + ["2"] * 12
    assert rows[:12] == read(finished[0], "predictions.csv")
    assert {row["p_negative"] for row in rows[12:24]}.isdisjoint(
        row["p_negative"] for row in rows[:12]
    )
    steps = {(row["trial"], row["step"]) for row in read(folder, "history.csv")}
    assert steps == {(t, s) for t in "01" for s in ("5", "10", "15", "20")} | {
        ("2", "5"), ("2", "10")
    }  # fmt: skip
    assert metrics["pooled"] == finished[1]["pooled"]
    assert [trial["trial"] for trial in metrics["per_trial"]] == [0, 1, 2]


def test_a_sweep_records_for_each_trial_every_field_that_one_changes(swept):
    held = json.loads((swept[0] / "config.json").read_text())
    names = ("optim.learning_rate", "model.ccc", "train.steps")
    values = ((1e-3, True, 20), (1e-2, True, 20), (1e-3, False, 10))
    assert held["trials"] == [
        {"trial": number, "values": dict(zip(names, row, strict=True))}
        for number, row in enumerate(values)
    ]


@pytest.mark.slow
def test_a_sweep_on_many_devices_mixes_trials_in_a_wave(swept, tmp_path):
    train(tmp_path / "run", sweep=SWEEP, **{"runtime.devices": 0})  # 6 and 3 of 8 devices
    assert_close_tables(tmp_path / "run", swept[0])


def test_the_workdir_of_another_sweep_is_refused(swept, finished):
    with pytest.raises(UserError, match="holds a study of 3 trials, not of 1 trial"):
        train(swept[0])
    with pytest.raises(UserError, match="holds a study of 1 trial, not of 3 trials"):
        train(finished[0], sweep=SWEEP)
    other = (*SWEEP[:2], {"model.ccc": False, "train.steps": 15})
    with pytest.raises(UserError, match=r"trial 2 has .*train\.steps=10, not .*train\.steps=15"):
        train(swept[0], sweep=other)


def test_a_trial_that_diverges_leaves_the_others_alone(on_three_devices, tmp_path):
    how = {"runtime.devices": 3, "train.steps": 20}
    metrics = train(tmp_path / "run", sweep=({}, runs.WILD), **how)
    assert {(fold["trial"], fold["fold"]) for fold in metrics["failed_folds"]} == {
        (1, "sub0"), (1, "sub1"), (1, "sub2")
    }  # fmt: skip
    alone = read(on_three_devices, "predictions.csv")
    assert read(tmp_path / "run", "predictions.csv") == [r for r in alone if r["seed"] == "0"]
    history = [row for row in read(tmp_path / "run", "history.csv") if row["trial"] == "1"]
    assert [row["finite"] for row in history].count("0") == 3  # once each, then no more
