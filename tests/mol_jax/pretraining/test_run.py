"""Whole pre-trainings of a tiny network on noise: their files, and going on after a stop."""

import json

import chex
import pytest

from mol_jax.errors import UserError
from mol_jax.pretraining import run
from mol_jax.pretraining import train as loop
from mol_jax.pretraining.source import Sources
from mol_jax.study.checkpoints import Checkpoints
from mol_jax.weights import file
from tests.mol_jax.pretraining import small
from tests.mol_jax.pretraining.noise import CLASSES, Noise

pytestmark = pytest.mark.slow  # programs compile


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    """A finished pre-training of six steps and its metrics; the tests only read its files."""
    with pytest.MonkeyPatch.context() as patch:
        small.serve(patch)
        folder = tmp_path_factory.mktemp("pretrain") / "straight"
        return folder, small.train(folder)


@pytest.fixture(autouse=True)
def served(monkeypatch):
    small.serve(monkeypatch)


def rows(folder, name):
    return (folder / name).read_text().splitlines()


def test_it_leaves_tables_weights_and_a_report(straight):
    folder, metrics = straight
    assert [line.split(",")[0] for line in rows(folder, "validation.csv")] == ["step", *"246"]
    assert len(rows(folder, "history.csv")) == 4 and len(rows(folder, "predictions.csv")) == 10
    assert metrics["seen"] == 24 and metrics["held_out"]["n_subjects"] == 3
    report = (folder / "report.md").read_text()
    assert report.startswith("# Pre-training on GENERATED faces")
    assert (folder / "figures" / "curves.png").stat().st_size > 10_000
    assert "data:image/png" in (folder / "report.html").read_text()
    kept = rows(folder, "validation.csv")[1:]
    best = max(kept, key=lambda line: float(line.split(",")[2]))  # by pretrain.measure, uar
    assert metrics["best_step"] == int(best.split(",")[0])


def test_the_weights_are_those_of_the_best_step_with_their_card(straight):
    folder, metrics = straight
    held = file.read(folder / "weights.safetensors")
    assert held.card.generated and held.card.steps == metrics["best_step"]
    assert held.card.classes == CLASSES and held.card.crop == 64
    assert held.card.origin["trained on"]["generator"] == "noise"
    assert {"uf1", "uar", "acc"} == set(held.card.figures)
    assert set(held.collections) == {"batch_stats"} and held.params


def stopped_and_gone_on(folder, monkeypatch):
    """Trains until the state of step 4 is saved, is killed there, and goes on."""
    save = Checkpoints.save

    def killed(self, name, state):
        save(self, name, state)
        if int(state.step) == 4:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Checkpoints, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            small.train(folder)
    assert not (folder / "metrics.json").exists()
    small.train(folder, **{"pretrain.ahead": 7})
    assert "going on from step 4" in (folder / "log.txt").read_text()


def test_a_stopped_one_goes_on_to_the_same_bits(straight, tmp_path, monkeypatch):
    stopped_and_gone_on(tmp_path, monkeypatch)
    for name in ("history.csv", "validation.csv", "predictions.csv"):
        assert rows(tmp_path, name) == rows(straight[0], name)
    one, other = (file.read(at / "weights.safetensors") for at in (straight[0], tmp_path))
    chex.assert_trees_all_equal(one.params, other.params)
    chex.assert_trees_all_equal(one.collections, other.collections)


def test_patience_ends_it_and_a_finished_one_only_writes_its_report(tmp_path, monkeypatch):
    metrics = small.train(tmp_path / "a", **{"pretrain.patience": 1, "optim.learning_rate": 1e-9})
    assert metrics["stopped_early"] and metrics["last_step"] == 4 and metrics["best_step"] == 2
    monkeypatch.setattr(loop, "stream", None)
    again = small.train(tmp_path / "a", **{"pretrain.patience": 1, "optim.learning_rate": 1e-9})
    assert again["held_out"] == metrics["held_out"]


def test_a_workdir_of_another_one_is_refused(straight, monkeypatch):
    folder, _ = straight
    with pytest.raises(UserError, match=r"holds a run with pretrain\.every = 2, not 4"):
        small.train(folder, **{"pretrain.every": 4})
    other = Sources(Noise(0, 30, seed=1), Noise(100, 9, seed=1), generated=True)
    small.serve(monkeypatch, other)
    with pytest.raises(UserError, match="holds a run on other data"):
        small.train(folder)
    assert json.loads((folder / "config.json").read_text())["dataset"]["n_clips"] == 30


def test_one_that_diverges_says_so_and_keeps_what_was_best(tmp_path):
    with pytest.raises(UserError, match="diverged") as refusal:
        small.train(tmp_path / "b", **{"optim.learning_rate": 10.0, "optim.weight_decay": 10.0})
    kept = tmp_path / "b" / "weights.safetensors"
    said = [f"The weights of step {file.read(kept).card.steps} are in"] if kept.exists() else []
    assert [part for part in said if part in str(refusal.value)] == said
    assert ("weights.safetensors" in str(refusal.value)) == kept.exists()
    assert not (tmp_path / "b" / "metrics.json").exists()


def test_a_measure_that_the_network_does_not_have_is_refused(tmp_path):
    with pytest.raises(
        UserError, match=r"pretrain\.measure is 'nme', .* choose one of uf1, uar, acc"
    ):
        small.train(tmp_path / "c", **{"pretrain.measure": "nme"})
    assert not (tmp_path / "c").exists()


def test_more_kept_clips_than_memory_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "machine_memory", lambda: 4 * 10**9)
    with pytest.raises(UserError, match=r"keep is 3.1 GB, .* has 4\.0 GB .* give up to 3\.0"):
        small.train(tmp_path / "d", **{"pretrain.keep": 3.1})
    assert not (tmp_path / "d").exists()
