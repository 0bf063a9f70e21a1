"""Trials: the variants of one config that a study trains and scores side by side.

A trial may change any field that leaves the clips and the folds as they are, so that every trial of
a study predicts the same videos. Fields that `settings.declared` calls traced are arguments of the
compiled program; trials that differ in another one are compiled apart, and so are those where an
optional one is 0 from those where it is not.
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from ml_collections import ConfigDict

from mol_jax import settings
from mol_jax.errors import UserError
from mol_jax.text import tables


@dataclasses.dataclass(frozen=True)
class Trial:
    """One variant of a config.

    number: its place in the sweep. values: what sets it apart: of every field that some trial of
    the sweep changes, by its dotted name, the value that it has here. config: all of it.
    """

    number: int
    values: Mapping[str, Any]
    config: ConfigDict


def plain(config: ConfigDict) -> tuple[Trial, ...]:
    """Returns the one trial of a run that sweeps nothing."""
    return make_trials(config, [{}])


def make_trials(config: ConfigDict, changes: Sequence[Mapping[str, Any]]) -> tuple[Trial, ...]:
    """Returns the trials that change `config`, numbered in the order given.

    changes: one {"optim.learning_rate": 1e-4, ...} per trial.
    Raises UserError for no trial, two that are equal, a field that is not declared or that trials
    must share, or a value outside its field's rule.
    """
    settings.check(config)
    if not changes:
        raise UserError("the sweep has no trial; give it at least one set of values.")
    configs = [_changed(config, number, change) for number, change in enumerate(changes)]
    names = list(dict.fromkeys(name for change in changes for name in change))
    trials = tuple(
        Trial(number, {name: settings.flatten(one)[name] for name in names}, one)
        for number, one in enumerate(configs)
    )
    first: dict[str, int] = {}
    for trial in trials:
        same = first.setdefault(_key(trial.config, leave_out=()), trial.number)
        if same != trial.number:
            raise UserError(
                f"trials {same} and {trial.number} of the sweep are the same ({describe(trial)}); "
                "give each its own values."
            )
    return trials


def compile_groups(trials: Sequence[Trial]) -> list[tuple[Trial, ...]]:
    """Returns the trials by compiled program: those of a group differ in traced fields only.

    They also have the same scalars: an optional one that is 0 is no argument of the program.
    """
    groups: dict[tuple[str, ...], list[Trial]] = {}
    fields = settings.declared(trials[0].config.model.network)  # which all trials share
    traced = [name for name, field in fields.items() if field.traced]
    for trial in trials:
        key = (_key(trial.config, leave_out=traced), *settings.scalars(trial.config))
        groups.setdefault(key, []).append(trial)
    return [tuple(group) for group in groups.values()]


def describe(trial: Trial) -> str:
    """Returns what sets a trial apart, as "optim.learning_rate=0.001 model.lambda_flow=0"."""
    return tables.assignments(trial.values)


def _changed(config: ConfigDict, number: int, changes: Mapping[str, Any]) -> ConfigDict:
    try:
        held = settings.flatten(config)
        values = {name: _value(name, value, held) for name, value in changes.items()}
        changed = ConfigDict(config.to_dict())
        with changed.ignore_type():
            changed.update_from_flattened_dict(values)
        settings.check(changed)
    except UserError as error:
        raise UserError(f"trial {number}: {error}") from None
    return changed.lock()


def _value(name: str, value: Any, held: Mapping[str, Any]) -> Any:
    """Returns the value of a field that may be swept, in the type that the config holds it in."""
    network = held["model.network"]
    fields = settings.declared(network)
    if name not in fields:
        raise settings.unknown_field(name, network)
    if fields[name].shared:
        raise UserError(
            f"{name} cannot be swept: all trials of a study share their clips, folds and seeds, "
            "and how they are run, so that they can be compared; start a run for each value."
        )
    value = value.item() if isinstance(value, np.generic) else value
    rule = fields[name].rule
    if isinstance(held[name], tuple) and isinstance(value, list | tuple):
        value = tuple(value)
    elif not isinstance(value, bool | int | float | str):  # an array has no single truth to test
        raise UserError(f"{name} is a {type(value).__name__}; it must be {rule.words}.")
    if not rule.allows(value):
        raise UserError(f"{name} is {value!r}; it must be {rule.words}.")
    return float(value) if isinstance(held[name], float) else value


def _key(config: ConfigDict, *, leave_out: Sequence[str]) -> str:
    flat = settings.flatten(config)
    return json.dumps({name: flat[name] for name in sorted(flat) if name not in leave_out})
