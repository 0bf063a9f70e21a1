"""Builds the trials of a sweep: a space is a list of changes, one {"field": value} per trial.

    product(values("optim.learning_rate", [1e-4, 1e-3]), values("model.ccc", [True, False]))

is four trials. `[{}]` is the base config itself: `chain([{}], values(...))` sets it beside others.
Whether the fields exist and may be swept is checked by `mol_jax.settings.trials.make_trials`.
"""

import dataclasses
import itertools
import math
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from mol_jax.errors import UserError

Changes = dict[str, Any]
DIGITS = 4  # significant digits of a drawn number: it is to be read and typed again


@dataclasses.dataclass(frozen=True)
class Distribution:
    """What a random field is drawn from: its value at a quantile from 0 to 1 (not 1 itself)."""

    at: Callable[[float], Any]


def values(field: str, options: Iterable[Any]) -> list[Changes]:
    """Returns one trial per value of a field, in the order given."""
    return [{field: option} for option in _options(options, f"values({field!r}, ...)")]


def product(*spaces: Sequence[Mapping[str, Any]]) -> list[Changes]:
    """Returns every combination of the spaces' trials; the last space varies fastest.

    Raises UserError if two spaces name the same field.
    """
    _check_apart(spaces, "product")
    return [_merged(trials) for trials in itertools.product(*spaces)]


def zipped(*spaces: Sequence[Mapping[str, Any]]) -> list[Changes]:
    """Returns the first trials of all spaces joined, the second, and so on.

    Raises UserError if the spaces differ in length, or if two name the same field.
    """
    _check_apart(spaces, "zipped")
    lengths = [len(space) for space in spaces]
    if len(set(lengths)) > 1:
        raise UserError(
            f"zipped(...) got spaces of {', '.join(map(str, lengths))} trials; give all the same "
            "number, or use product(...)."
        )
    return [_merged(trials) for trials in zip(*spaces, strict=True)]


def chain(*spaces: Sequence[Mapping[str, Any]]) -> list[Changes]:
    """Returns the trials of all spaces, one space after the other."""
    _check_spaces(spaces, "chain")
    return [dict(trial) for space in spaces for trial in space]


def random(count: int, fields: Mapping[str, Distribution], *, seed: int = 0) -> list[Changes]:
    """Returns `count` random trials, the same ones on every machine.

    fields: {"optim.learning_rate": log_uniform(1e-5, 1e-3), ...}. Each field is drawn by a stream
    of its own, so that another field, or a larger `count`, leaves the draws as they are.
    """
    if not _is_whole(count) or count < 1:
        raise UserError(f"random(...) got the count {count!r}; it must be a whole number from 1.")
    if not _is_whole(seed) or seed < 0:
        raise UserError(f"random(...) got the seed {seed!r}; it must be a whole number from 0.")
    if not isinstance(fields, Mapping) or not fields:
        raise UserError(
            f"random(...) got the fields {fields!r}; they must be a dict such as "
            '{"optim.learning_rate": log_uniform(1e-5, 1e-3)}.'
        )
    drawn = {name: _draws(count, name, law, seed) for name, law in fields.items()}
    return [{name: column[k] for name, column in drawn.items()} for k in range(count)]


def uniform(low: float, high: float) -> Distribution:
    """Returns the uniform distribution from `low` to `high`."""
    _check_bounds("uniform", low, high)
    return Distribution(lambda u: _rounded(low + u * (high - low), low, high))


def log_uniform(low: float, high: float) -> Distribution:
    """Returns the distribution whose logarithm is uniform: as many draws in each decade."""
    _check_bounds("log_uniform", low, high)
    if low <= 0:
        raise UserError(f"log_uniform({low!r}, {high!r}) must have bounds above 0.")
    return Distribution(lambda u: _rounded(low * math.exp(u * math.log(high / low)), low, high))


def integers(low: int, high: int) -> Distribution:
    """Returns the uniform distribution over the whole numbers from `low` to `high`, both in it."""
    if not (_is_whole(low) and _is_whole(high) and low < high):
        raise UserError(
            f"integers({low!r}, {high!r}) must have two whole numbers, the lower one first."
        )
    return Distribution(lambda u: min(low + int(u * (high - low + 1)), high))


def choice(options: Iterable[Any]) -> Distribution:
    """Returns the distribution that gives every option the same chance."""
    listed = _options(options, "choice(...)")
    return Distribution(lambda u: listed[int(u * len(listed))])


def _draws(count: int, name: str, law: Distribution, seed: int) -> list[Any]:
    """Returns the values of one field.

    Only uniform bits are asked of NumPy, whose other draws may change with its version.
    """
    if not isinstance(name, str) or not isinstance(law, Distribution):
        raise UserError(
            f"random(...) got a {type(law).__name__} for {name!r}; give the name of a field and "
            "uniform(low, high), log_uniform(low, high), integers(low, high) or choice(options)."
        )
    stream = np.random.Generator(np.random.PCG64([seed, zlib.crc32(name.encode())]))
    return [law.at(float(u)) for u in stream.random(count)]


def _options(options: Any, where: str) -> list[Any]:
    """Returns what may be chosen, as a list that is not empty."""
    unordered = isinstance(options, set | frozenset)  # in another order in every process
    if isinstance(options, str | bytes | Mapping) or unordered or not isinstance(options, Iterable):
        raise UserError(f"{where} got {options!r}; it must be a list of values, such as [0.1, 1].")
    listed = list(options)
    if not listed:
        raise UserError(f"{where} got no value; give it at least one.")
    return listed


def _check_spaces(spaces: Sequence[Any], where: str) -> None:
    """Raises UserError unless all are lists of changes, and there is one."""
    if not spaces:
        raise UserError(f"{where}(...) got no space; give it what values(...) returns.")
    for space in spaces:
        is_list = isinstance(space, list | tuple)
        if not is_list or not all(isinstance(trial, Mapping) for trial in space):
            raise UserError(
                f"{where}(...) got a {type(space).__name__} that is no list of dicts; give it what "
                "values(...) or another function of mol_jax.settings.space returns."
            )


def _check_apart(spaces: Sequence[Any], where: str) -> None:
    """Raises UserError unless no field is named by two of the spaces."""
    _check_spaces(spaces, where)
    names = [name for space in spaces for name in _merged(space)]
    for name in names:
        if names.count(name) > 1:
            raise UserError(
                f"{where}(...) got two spaces that set {name!r}; name each field in one of them."
            )


def _check_bounds(where: str, low: Any, high: Any) -> None:
    numbers = all(
        isinstance(bound, int | float) and not isinstance(bound, bool) and math.isfinite(bound)
        for bound in (low, high)
    )
    if not numbers or low >= high:
        raise UserError(f"{where}({low!r}, {high!r}) must have two numbers, the lower one first.")


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _merged(trials: Iterable[Mapping[str, Any]]) -> Changes:
    return {name: value for trial in trials for name, value in trial.items()}


def _rounded(value: float, low: float, high: float) -> float:
    """Returns `value` with few digits, still between the bounds."""
    return float(min(max(float(f"{value:.{DIGITS}g}"), low), high))
