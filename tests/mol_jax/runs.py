"""Whole studies of a tiny model, as mol_jax.main and launch.sweep start them.

It is `tiny.STAND_IN` where no other network is named.
"""

import csv
import functools

import jax
from ml_collections import ConfigDict
from rich.console import Console

from mol_jax.files.whole import write_bytes
from mol_jax.reporting import figures
from mol_jax.settings import trials
from mol_jax.study import claim, experiment, study
from mol_jax.training import contract
from tests.mol_jax import tiny

QUIET = Console(quiet=True)
# Each update makes every weight 99 times as large: no number is finite after ten.
WILD = {"optim.learning_rate": 10.0, "optim.weight_decay": 10.0, "model.lambda_flow": 1e6}
PICTURE = b"\x89PNG\r\n\x1a\n"  # the first bytes of any

_check, _checked = contract.check, set()
_versions = functools.cache(claim.versions)  # it reads what is said of each installed package


def serve(monkeypatch, dataset) -> None:
    """Makes `dataset` the data of every study, and spares it what would take it most of its time.

    Its figures are made, but no picture of them (test_report.py has those), and its network's
    contract is checked once for all studies with clips of one shape (training/test_contract.py).
    """
    monkeypatch.setattr(study.generated, "ensure", lambda config, **_: None)
    monkeypatch.setattr(study.load, "load", lambda config, folder: dataset)
    monkeypatch.setattr(claim, "versions", _versions)
    monkeypatch.setattr(contract, "check", _check_once)
    monkeypatch.setattr(figures, "save", lambda fig, path, note="": write_bytes(path, PICTURE))


def _check_once(program, scalars, table, **how) -> None:
    leaves, form = jax.tree.flatten(table)
    key = program, form, *((leaf.shape, leaf.dtype) for leaf in leaves), *how.items()
    if key not in _checked:
        _check(program, scalars, table, **how)
        _checked.add(key)


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
