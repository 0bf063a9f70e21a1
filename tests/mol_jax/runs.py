"""Whole studies of a tiny model, as mol_jax.main and launch.sweep start them.

It is `tiny.STAND_IN` where no other network is named.
"""

import csv

from ml_collections import ConfigDict
from rich.console import Console

from mol_jax.settings import trials
from mol_jax.study import experiment, study
from tests.mol_jax import tiny

QUIET = Console(quiet=True)
# Each update makes every weight 99 times as large: no number is finite after ten.
WILD = {"optim.learning_rate": 10.0, "optim.weight_decay": 10.0, "model.lambda_flow": 1e6}


def serve(monkeypatch, dataset) -> None:
    """Makes `dataset` the data of every study."""
    monkeypatch.setattr(study.generated, "ensure", lambda config, **_: None)
    monkeypatch.setattr(study.load, "load", lambda config, folder: dataset)


def config(**changes) -> ConfigDict:
    """Returns the tiny config: one replica at a time, unless `changes` say otherwise."""
    return tiny.config(**{"runtime.devices": 1} | tiny.STAND_IN | changes)


def train(folder, *, sweep=({},), console=QUIET, **changes):
    made = trials.make_trials(config(**changes), sweep)
    return experiment.train(made, folder, command="test", console=console)


def evaluate(folder, *, sweep=({},), console=QUIET, **changes):
    made = trials.make_trials(config(**changes), sweep)
    return experiment.evaluate(made, folder, command="test", console=console)


def read(folder, name):
    with (folder / name).open() as file:
        return list(csv.DictReader(file))
