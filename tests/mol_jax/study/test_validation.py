"""Runs with points of evaluation: sealed from held-out clips, and resumed to the same bits."""

import jax
import numpy as np
import pytest

from mol_jax.scoring.by_step import Points
from mol_jax.study.checkpoints import Checkpoints
from mol_jax.training.engine import Engine
from tests.mol_jax import pointed, runs
from tests.mol_jax.pointed import INNER, ORACLE, TABLES, assert_same, chosen, dataset, finals, train
from tests.mol_jax.runs import read

SLOW = pytest.mark.slow


@pytest.fixture(autouse=True)
def served(monkeypatch):
    """The data of every run here: four subjects with four random clips each."""
    runs.serve(monkeypatch, pointed.dataset())


def test_every_point_has_the_held_in_and_the_held_out_clips(both):
    rows = read(both[0], "by_step.csv")
    for fold in range(4):
        mine = [row for row in rows if row["fold"] == f"sub{fold}"]
        for role in ("validation", "test"):
            of_role = [row for row in mine if row["role"] == role]
            assert [int(row["step"]) for row in of_role[::4]] == [5, 10, 15, 20]
            assert len(of_role) == 16
            people = {row["subject"] for row in of_role}
            assert len(people) == 1 and (people == {f"sub{fold}"}) == (role == "test")


def test_the_chosen_weights_are_tested_and_kept(both):
    folder, metrics = both
    steps = chosen(metrics)
    assert len(set(steps.values())) > 1, "the test says nothing if all steps are one"
    points = read(folder, "by_step.csv")
    for row in read(folder, "predictions.csv"):
        (at,) = (
            p
            for p in points
            if (p["fold"], p["clip"], p["role"]) == (row["fold"], row["clip"], "test")
            and int(p["step"]) == steps[0, row["fold"]]
        )
        assert [at[k] for k in row if k.startswith("p_")] == [
            row[k] for k in row if k.startswith("p_")
        ]
    kept = {fold: int(tree["step"]) for fold, tree in finals(folder).items()}
    assert kept == {fold: step for (_, fold), step in steps.items()}
    held = {path.name for path in folder.glob("checkpoints/*/*/*/*")}
    assert held == {"final", "by_step.csv", "by_step.csv.sha256", "predicted.npz"}


@pytest.mark.slow
def test_a_fixed_budget_is_as_it_was_with_the_oracle_beside_it(tmp_path):
    plain, beside = train(tmp_path / "plain"), train(tmp_path / "beside", **ORACLE)
    assert_same(tmp_path / "plain", tmp_path / "beside", TABLES[:2])
    assert not (tmp_path / "plain" / "by_step.csv").exists()
    assert plain["leaky_oracle"] is None and beside["chosen_steps"] is None
    (found,) = beside["leaky_oracle"]
    assert found["honest"] == plain["pooled"] == beside["pooled"]
    assert found["gap"]["acc"] >= 0


@pytest.mark.parametrize("fold", [1])
def test_held_out_clips_change_neither_weights_nor_the_chosen_step(both, tmp_path, fold):
    """Pixels and labels of a tested person, in a run that also looks at them for the oracle."""
    spoilt, rng = dataset(), np.random.default_rng(9)
    rows = np.arange(4 * fold, 4 * fold + 4)
    table = spoilt.table
    table.frames[rows] = rng.integers(0, 256, table.frames[rows].shape, dtype=np.uint8)
    table.landmarks[rows] += 9
    table.flow[rows] += 1
    table.label[rows] = (table.label[rows] + 1) % 3
    with pytest.MonkeyPatch.context() as patch:
        runs.serve(patch, spoilt)
        metrics = train(tmp_path / "run", **INNER | ORACLE)
    name = f"sub{fold}"
    assert chosen(metrics)[0, name] == chosen(both[1])[0, name]
    mine, theirs = finals(tmp_path / "run"), finals(both[0])
    jax.tree.map(np.testing.assert_array_equal, mine[name], theirs[name])
    history = [
        [r for r in read(f, "history.csv") if r["fold"] == name]
        for f in (both[0], tmp_path / "run")
    ]
    assert history[0] == history[1]
    # It did reach the other folds, which train on these clips or choose by them.
    other = [n for n in mine if n != name]
    assert any(
        (a != b).any()
        for n in other
        for a, b in zip(jax.tree.leaves(mine[n]), jax.tree.leaves(theirs[n]), strict=True)
    )


def test_held_in_clips_change_no_update(both, tmp_path):
    spoilt = dataset()
    points = read(both[0], "by_step.csv")
    held = {p["clip"] for p in points if (p["fold"], p["role"]) == ("sub0", "validation")}
    rows = [int(clip.removeprefix("clip")) for clip in held]
    spoilt.table.frames[rows] = 255 - spoilt.table.frames[rows]
    with pytest.MonkeyPatch.context() as patch:
        runs.serve(patch, spoilt)
        train(tmp_path / "run", **INNER | ORACLE, **{"protocol.only": ("sub0",)})
    history = [
        [row for row in read(folder, "history.csv") if row["fold"] == "sub0"]
        for folder in (tmp_path / "run", both[0])
    ]
    assert history[0] == history[1]
    shown = [read(folder, "by_step.csv") for folder in (tmp_path / "run", both[0])]
    for role in ("test", "validation"):
        mine, theirs = (
            [p for p in points if (p["fold"], p["role"]) == ("sub0", role)] for points in shown
        )
        assert len(mine) == len(theirs) == 16
        assert (mine == theirs) == (role == "test")  # the held-in clips are seen otherwise


def stopping(patch, owner, method, after):
    """Stops a run at the n-th call of a method, as Ctrl-C does."""
    left, original = [after], getattr(owner, method)

    def stopped(*arguments, **named):
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        return original(*arguments, **named)

    patch.setattr(owner, method, stopped)


@pytest.mark.parametrize(
    ("owner", "method", "after"),
    [
        (Engine, "advance", 7),
        (Engine, "keep_best", 2),
        *(
            pytest.param(*what, marks=SLOW)
            for what in (
                (Engine, "advance", 4),
                (Checkpoints, "save", 2),
                (Engine, "predict", 8),
                (Engine, "predict", 9),
                (Engine, "keep_best", 1),
                (Engine, "keep_best", 3),
                (Checkpoints, "save_final", 1),
                (Checkpoints, "save_final", 2),
                (Checkpoints, "finish", 2),
                (Points, "save", 1),
                (Points, "save", 2),
                (Points, "close", 1),
                (Points, "close", 2),
            )
        ),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_a_stopped_run_goes_on_to_the_same_bits(both, tmp_path, monkeypatch, owner, method, after):
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        stopping(patch, owner, method, after)
        train(tmp_path / "run", **INNER | ORACLE)
    train(tmp_path / "run", **INNER | ORACLE)
    assert_same(tmp_path / "run", both[0])


def test_a_resume_forgets_what_was_chosen_beyond_its_newest_state(both, tmp_path, monkeypatch):
    """Points of step 20 were taken; the state that it goes on from has the best up to 10."""
    often = INNER | ORACLE | {"train.save_every": 5}
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        stopping(patch, Checkpoints, "save", 3)
        train(tmp_path / "run", **often)
    assert chosen(both[1])[0, "sub0"] == 5, "the test says nothing if a later step is chosen"
    train(tmp_path / "run", **often)
    assert_same(tmp_path / "run", both[0])


@SLOW
def test_devices_do_not_change_what_is_chosen(both, tmp_path):
    metrics = train(tmp_path / "run", **INNER | ORACLE, **{"runtime.devices": 3})
    assert chosen(metrics) == chosen(both[1])
    ours, theirs = (read(folder, "predictions.csv") for folder in (tmp_path / "run", both[0]))
    p = [[float(row["p_negative"]) for row in rows] for rows in (ours, theirs)]
    np.testing.assert_allclose(*p, rtol=1e-3, atol=1e-5)


def test_a_replica_that_diverges_has_no_choice_and_leaves_the_others_alone(both, tmp_path):
    names = [f"sub{i}" for i in range(4)]

    def init(engine, wave):
        state = original(engine, wave)
        if names.pop(0) == "sub1":
            state = state.replace(params=jax.tree.map(lambda leaf: leaf * np.nan, state.params))
        return state

    original = Engine.init
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "init", init)
        metrics = train(tmp_path / "run", **INNER | ORACLE)
    assert [fold["fold"] for fold in metrics["failed_folds"]] == ["sub1"]
    assert {fold for _, fold in chosen(metrics)} == {"sub0", "sub2", "sub3"}
    theirs = [row for row in read(both[0], "by_step.csv") if row["fold"] != "sub1"]
    assert read(tmp_path / "run", "by_step.csv") == theirs
