"""Weights that a study's replicas start from: read, fitted to its networks, and recorded.

Files are read where a study is trained. Whoever works with what it left, as --mode=eval, needs them
no more: config.json says what they were.
"""

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mol_jax import settings
from mol_jax.data import known
from mol_jax.data.clips import Dataset
from mol_jax.errors import UserError
from mol_jax.protocol import audit
from mol_jax.protocol.folds import Fold
from mol_jax.settings.parts import is_in
from mol_jax.settings.trials import Trial
from mol_jax.text.words import counted, shortened
from mol_jax.training import footprint, parts
from mol_jax.training.program import Program, make_program
from mol_jax.weights import Weights, card, names, place
from mol_jax.weights import file as files
from mol_jax.weights import match as matching
from mol_jax.weights.match import Match
from mol_jax.weights.record import Record


@dataclasses.dataclass(frozen=True, eq=False)
class Source:
    """A file that a trial starts from.

    text: as it was typed. unlike: fields of the network that are others now.
    """

    text: str
    path: Path
    weights: Weights
    unlike: tuple[str, ...]


@dataclasses.dataclass(frozen=True, eq=False)
class Given:
    """What a trial's replicas start from. match: which variables of the file they take."""

    source: Source
    match: Match
    variables: dict[str, Any]


def read(trials: Sequence[Trial]) -> dict[int, Source]:
    """Returns the file of each trial that starts from one, by the trial's number.

    Raises UserError where one cannot be read, or is of another network or scale of pixels.
    """
    once, found = functools.cache(files.read), {}
    for trial in trials:
        text = trial.config.init.weights
        if text:
            path = place.find(text)
            weights = once(path)
            unlike = matching.check_scale(path, weights.card, trial.config)
            found[trial.number] = Source(text, path, weights, unlike)
    return found


def fit(
    trials: Sequence[Trial], sources: Mapping[int, Source], classes: Sequence[str]
) -> dict[int, Given]:
    """Returns what each trial with a source takes of it; classes: of the clips.

    Where these are not the classes of the file, what tells them apart is drawn anew.
    Raises UserError for parts that a network does not have, and as `match.match`.
    """
    found = {}
    for trial in trials:
        init = trial.config.init
        if settings.is_fitted(trial.config) or not (init.weights or init.rates or init.frozen):
            continue
        program = make_program(trial.config, num_classes=len(classes))
        leaves = _variables(program)
        _check_parts(program, leaves)
        if trial.number in sources:
            source = sources[trial.number]
            other = source.weights.card.classes != tuple(classes)
            matched = matching.match(
                source.path,
                source.weights,
                {name: leaf.shape for name, leaf in leaves.items()},
                fresh=init.fresh,
                of_classes=_of_classes(trial, len(classes), leaves) if other else (),
            )
            _refuse_still(trial, source, matched)
            found[trial.number] = Given(source, matched, _taken(source.weights, matched, leaves))
    return found


def check(trials: Sequence[Trial], sources: Mapping[int, Source]) -> None:
    """Raises UserError as `fit`, before clips are drawn or read, where the view tells its classes.

    The trials' network is one of the package's, which may be traced at once.
    """
    classes = known.classes_of(trials[0].config)
    if classes:
        fit(trials, sources, classes)


def refuse_seen(given: Mapping[int, Given], folds: Sequence[Fold], dataset: Dataset) -> None:
    """Raises UserError where a person is tested whom weights have seen.

    Of clips that were generated and then built a card names nobody, but they may be these here.
    """
    persons = [name.person for name in dataset.names]
    drawn = {name.dataset for name in dataset.names if name.generated}
    for one in given.values():
        of = one.source.weights.card
        if of.generated and of.origin.get("set") in drawn:
            raise UserError(
                f"{one.source.path} was trained on generated clips of {of.origin['set']}, as would "
                "be tested, so that no score would be of faces that are new to the network; start "
                "from weights of data.name=generated."
            )
        seen = audit.seen_before(one.source.weights.card.persons, folds, persons)
        if seen:
            raise UserError(
                f"{one.source.path} has seen {counted(len(seen), 'person')} who would be tested "
                f"({shortened(seen, between=', ')}), so that no score would be of people that are "
                "new to the network; start from weights that have not seen them."
            )


def records(given: Mapping[int, Given]) -> list[Record]:
    """Returns what config.json has of given weights: a record for trials that start alike."""
    found: list[Record] = []
    for number, one in given.items():
        weights = one.source.weights
        record = {
            "file": one.source.text,
            "sha256": weights.sha256,
            "dtype": weights.dtype,
            "card": card.to_json(weights.card),
            "unlike": list(one.source.unlike),
            **{name: list(of) for name, of in dataclasses.asdict(one.match).items()},
        }
        for held in found:
            if held == {"trials": held["trials"], **record}:
                held["trials"].append(number)
                break
        else:
            found.append({"trials": [number], **record})
    return found


@functools.lru_cache(maxsize=8)  # asked before clips are read, and again after
def _variables(program: Program) -> dict[str, Any]:
    """Returns the variables of a network by their names, as shapes and types."""
    *_, state = footprint.shapes(program, clips=1)
    return names.flat({names.PARAMS: state.params, **state.collections})


def _check_parts(program: Program, leaves: Mapping[str, Any]) -> None:
    """Raises UserError for parts that the network does not have, or where it is frozen whole."""
    rated = [part for part, _ in program.rates]
    params = {name: leaf for name, leaf in leaves.items() if name.startswith(f"{names.PARAMS}/")}
    for field, named in (("init.frozen", program.frozen), ("init.rates", rated)):
        matching.check_parts(params, named, field)
    trained, _ = parts.split(names.nested(params)[names.PARAMS], program.frozen)
    if not trained:
        raise UserError(
            f"init.frozen is {', '.join(program.frozen)}, which is all that the network has, so "
            "nothing would be trained; name fewer parts."
        )


def _refuse_still(trial: Trial, source: Source, matched: Match) -> None:
    """Raises UserError for a frozen part of which something is drawn anew: it would stay random."""
    drawn = [names.in_network(name) for name in matched.fresh]
    for part in trial.config.init.frozen:
        random = [name for name in drawn if is_in(part, name)]
        if not random:
            continue
        asked = any(is_in(fresh, random[0]) for fresh in trial.config.init.fresh)
        why = "as init.fresh asks"
        if not asked:
            why = f"since the classes are others than those of {source.path}"
        raise UserError(
            f"init.frozen keeps {part} as it starts, but {random[0]} is drawn anew, {why}; freeze "
            "smaller parts."
        )


def _of_classes(trial: Trial, classes: int, leaves: Mapping[str, Any]) -> frozenset[str]:
    """Returns the variables whose shape hangs on how many classes there are."""
    more = _variables(make_program(trial.config, num_classes=classes + 1))
    return frozenset(name for name, leaf in leaves.items() if more[name].shape != leaf.shape)


def _taken(weights: Weights, matched: Match, leaves: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the variables that are loaded, in the types that the network has them in."""
    held = names.flat({names.PARAMS: weights.params, **weights.collections})
    return names.nested(
        {name: np.asarray(held[name], leaves[name].dtype) for name in matched.loaded}
    )
