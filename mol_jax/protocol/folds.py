"""Folds: which clips train and which are held out, split between persons unless a name says not.

A protocol is a rule that turns the persons of a table of clips into folds. No row is tested twice,
and neither folds nor their names depend on the order of the rows. Nobody is on both sides of a
fold, except under "lovo", which leaves out one video of a person and trains on the others: what it
measures is no recognition of new people, and every score of it says so (`words`). "all" trains on
everybody and tests nobody: it has no score, and says that instead.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mol_jax.errors import UserError

PROTOCOLS = ("loso", "kfold", "lovo", "cross", "all")
EVERYBODY = "all"  # the protocol, and its one fold
NOT_INDEPENDENT = "NOT SUBJECT-INDEPENDENT"
UNTESTED = "NOBODY IS TESTED"
SHOWN_PERSONS = 5  # of those on both sides, in a refusal


def _no_rows() -> np.ndarray:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class Fold:
    """One split of the rows of a clip table.

    `name` is stable and readable ('sub01', 'casme2/sub01', 'fold2of5', 'casme2->smic'): random
    draws are addressed by it and every row of a result carries it. `train`, `test` and `validation`
    are sorted row indices, int64; `validation` is empty unless rows were held in to choose by.
    """

    name: str
    train: np.ndarray
    test: np.ndarray
    validation: np.ndarray = field(default_factory=_no_rows)


def make_folds(
    protocol: str,
    persons: Sequence[str],
    labels: Sequence[int] | None = None,
    *,
    classes: Sequence[str] = (),
    folds: int = 5,
    clips: Sequence[str] = (),
    train: Sequence[str] = (),
    test: Sequence[str] = (),
) -> list[Fold]:
    """Returns the folds of a protocol, in the order of their names' persons.

    `persons` [N] names the person of each row, as 'casme2/sub01'. `labels` [N], indices into
    `classes`, is only looked at to refuse a class that no clip has. `folds` is the k of `kfold`.
    `clips` [N], as 'casme2/sub01/EP02_01f', is what `lovo` and `cross` need; `train` and `test` are
    the datasets of `cross`. With one dataset the 'casme2/' is left out of the fold's name. The one
    fold of `all` has no test rows.

    Raises UserError for an unknown protocol, fewer than two persons (`lovo` and `all` take one), a
    row without a person, a class without a clip (under `cross`, without one to train on), a k that
    does not fit, sides that do not fit the datasets, or a person on both sides.
    """
    if protocol not in PROTOCOLS:
        raise UserError(f"protocol {protocol!r} is unknown: choose one of {', '.join(PROTOCOLS)}")
    _check_persons(persons, least=1 if protocol in ("lovo", EVERYBODY) else 2)
    if labels is not None:
        _check_classes(labels, classes)
    if protocol == "cross":
        found = _cross(clips, train, test)
        if labels is not None:
            trained = [labels[row] for row in found[0].train]
            _check_classes(trained, classes, where=f"in {', '.join(train)}, which is trained on")
    elif protocol == "lovo":
        found = _lovo(clips, persons)
    elif protocol == EVERYBODY:
        return [Fold(EVERYBODY, np.arange(len(persons)), _no_rows())]
    else:
        groups = _loso(persons) if protocol == "loso" else _kfold(persons, folds)
        found = _held_out(groups, persons)
    check_folds(found, persons, independent=independent(protocol))
    return found


def independent(protocol: str) -> bool:
    """Tells whether a protocol tests nobody that it trained on."""
    return protocol != "lovo"


def words(protocol: Mapping[str, Any], *, views: Mapping[str, str] | None = None) -> str:
    """Names the protocol of a config (its `protocol` fields) for a reader.

    views: the view of each dataset, which a cross-dataset run names as its train map.
    """
    if protocol["name"] == "cross":
        sides = (_with_views(protocol[side], views or {}) for side in ("train", "test"))
        return "cross-dataset: trained on {}, tested on {}".format(*sides)
    names = {
        "loso": "leave one subject out",
        "kfold": f"{protocol['folds']} folds, subject-disjoint",
        "lovo": f"leave one video out, {NOT_INDEPENDENT}",
        EVERYBODY: f"trained on all people, {UNTESTED}",
    }
    return names[protocol["name"]]


def _with_views(datasets: Sequence[str], views: Mapping[str, str]) -> str:
    named = (f"{name} ({views[name]})" if name in views else name for name in datasets)
    return " and ".join(named)


def check_folds(folds: Sequence[Fold], persons: Sequence[str], *, independent: bool = True) -> None:
    """Raises UserError where a fold is empty on a side, or a person stands on both sides.

    independent: whether the latter is asked for.
    """
    for fold in folds:
        for side, rows in (("train on", fold.train), ("test", fold.test)):
            if len(rows) == 0:
                raise UserError(f"fold {fold.name!r} has no clip to {side}: use fewer folds")
        both = {persons[row] for row in fold.train} & {persons[row] for row in fold.test}
        if both and independent:
            shown, more = sorted(both)[:SHOWN_PERSONS], len(both) - SHOWN_PERSONS
            raise UserError(
                f"fold {fold.name!r} trains and tests on the same person ({', '.join(shown)}"
                f"{f' and {more} more' if more > 0 else ''}): split the clips by person"
            )


def check_sides(train: Sequence[str], test: Sequence[str], datasets: Sequence[str]) -> None:
    """Raises UserError unless each dataset stands on one side of `cross`, and no other does."""
    found = sorted(set(datasets))
    for side, names in (("train", train), ("test", test)):
        odd = [name for name in names if name not in found]
        if odd:
            raise UserError(
                f"protocol.{side} names {odd[0]!r}, which is none of the datasets here "
                f"({', '.join(found)}): name those of data.view"
            )
    idle = [name for name in found if name not in (*train, *test)]
    if idle:
        raise UserError(
            f"{idle[0]} of data.view is neither in protocol.train nor in protocol.test: put it on "
            "a side, or leave it out of the view"
        )


def _check_persons(persons: Sequence[str], *, least: int) -> None:
    """Raises UserError unless every row has a person and there are at least so many."""
    for row, person in enumerate(persons):
        if not person or person.endswith("/"):
            raise UserError(f"clip {row} has no subject: give every clip its subject's name")
    found = sorted(set(persons))
    if len(found) < least:
        raise UserError(
            f"subject-wise folds need at least two subjects, got {len(found)} ({', '.join(found)}):"
            " add subjects or choose another view"
        )


def _check_classes(
    labels: Sequence[int], classes: Sequence[str], *, where: str = "in this data"
) -> None:
    """Raises UserError naming the classes that no row has."""
    present = {int(label) for label in labels}
    assert not classes or present <= set(range(len(classes))), "a label outside the classes"
    missing = [name for index, name in enumerate(classes) if index not in present]
    if missing:
        raise UserError(
            f"no clip of class {', '.join(missing)} {where}: choose a view without it or add "
            "clips of it"
        )


def _held_out(groups: Mapping[str, Sequence[str]], persons: Sequence[str]) -> list[Fold]:
    """Returns a fold for each group of persons, which tests them and trains on all others."""
    of_group = {person: name for name, members in groups.items() for person in members}
    row_group = np.array([of_group[person] for person in persons])
    return [
        Fold(name, train=np.flatnonzero(row_group != name), test=np.flatnonzero(row_group == name))
        for name in groups
    ]


def _loso(persons: Sequence[str]) -> dict[str, list[str]]:
    """Returns one fold per person, named for the person."""
    found = sorted(set(persons))
    datasets = {person.rpartition("/")[0] for person in found}
    if len(datasets) > 1:
        return {person: [person] for person in found}
    return {person.rpartition("/")[2]: [person] for person in found}


def _kfold(persons: Sequence[str], folds: int) -> dict[str, list[str]]:
    """Returns k groups of persons with about as many clips each.

    The persons with most clips are placed first, each into the group that has fewest clips so far.
    """
    clips = Counter(persons)
    if not 2 <= folds <= len(clips):
        raise UserError(
            f"kfold got protocol.folds={folds} for {len(clips)} subjects: "
            f"choose 2 to {len(clips)} folds"
        )
    groups: dict[str, list[str]] = {f"fold{i + 1}of{folds}": [] for i in range(folds)}
    size = dict.fromkeys(groups, 0)
    for person in sorted(clips, key=lambda p: (-clips[p], p)):
        smallest = min(groups, key=lambda name: size[name])  # the first of the smallest
        groups[smallest].append(person)
        size[smallest] += clips[person]
    return groups


def _lovo(clips: Sequence[str], persons: Sequence[str]) -> list[Fold]:
    """Returns one fold per clip, named for it."""
    if len(clips) < 2:
        raise UserError(f"lovo needs at least two clips, got {len(clips)}: add clips")
    seen: dict[str, str] = {}
    for clip, person in zip(clips, persons, strict=True):
        dataset = clip.partition("/")[0]
        if seen.setdefault(person, dataset) != dataset:
            raise UserError(
                f"{person} is in {seen[person]} and in {dataset}, whose videos may show one "
                "moment twice: take lovo on one of them"
            )
    several = len({clip.partition("/")[0] for clip in clips}) > 1
    names = list(clips) if several else [clip.partition("/")[2] for clip in clips]
    rows = np.arange(len(clips))
    return [
        Fold(names[row], train=np.delete(rows, row), test=rows[[row]])
        for row in sorted(range(len(clips)), key=lambda row: names[row])
    ]


def _cross(clips: Sequence[str], train: Sequence[str], test: Sequence[str]) -> list[Fold]:
    """Returns the one fold that trains on some datasets and tests on others."""
    datasets = np.array([clip.partition("/")[0] for clip in clips])
    check_sides(train, test, [str(name) for name in datasets])
    name = f"{'+'.join(train)}->{'+'.join(test)}"
    sides = (np.flatnonzero(np.isin(datasets, side)) for side in (train, test))
    return [Fold(name, *sides)]
