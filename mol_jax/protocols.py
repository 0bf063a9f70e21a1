"""Folds: which clips train and which are held out, always split between persons.

A protocol is a rule that turns the persons of a table of clips into folds. Every row is tested
exactly once, nobody is on both sides of a fold, and neither depends on the order of the rows.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mol_jax.errors import UserError

PROTOCOLS = ("loso", "kfold")


@dataclass(frozen=True, eq=False)
class Fold:
    """One split of the rows of a clip table.

    `name` is stable and readable ('sub01', 'casme2/sub01', 'fold2of5'): random draws are addressed
    by it and every row of a result carries it. `train` and `test` are sorted row indices, int64.
    """

    name: str
    train: np.ndarray
    test: np.ndarray


def make_folds(
    protocol: str,
    persons: Sequence[str],
    labels: Sequence[int] | None = None,
    *,
    classes: Sequence[str] = (),
    folds: int = 5,
) -> list[Fold]:
    """Returns the folds of a protocol, in the order of their names' persons.

    `persons` [N] names the person of each row, as 'casme2/sub01'. `labels` [N], indices into
    `classes`, is only looked at to refuse a class that no clip has. `folds` is the k of `kfold`.
    With one dataset the 'casme2/' is left out of the fold's name.

    Raises UserError for an unknown protocol, fewer than two persons, a row without a person, a
    class without a clip, or a k that does not fit.
    """
    if protocol not in PROTOCOLS:
        raise UserError(f"protocol {protocol!r} is unknown: choose one of {', '.join(PROTOCOLS)}")
    _check_persons(persons)
    if labels is not None:
        _check_classes(labels, classes)
    groups = _loso(persons) if protocol == "loso" else _kfold(persons, folds)
    of_group = {person: name for name, members in groups.items() for person in members}
    row_group = np.array([of_group[person] for person in persons])
    result = [
        Fold(name, train=np.flatnonzero(row_group != name), test=np.flatnonzero(row_group == name))
        for name in groups
    ]
    audit(result, persons)
    return result


def audit(folds: Sequence[Fold], persons: Sequence[str]) -> None:
    """Raises UserError where a fold is empty on a side, or a person stands on both sides."""
    for fold in folds:
        for side, rows in (("train on", fold.train), ("test", fold.test)):
            if len(rows) == 0:
                raise UserError(f"fold {fold.name!r} has no clip to {side}: use fewer folds")
        both = {persons[row] for row in fold.train} & {persons[row] for row in fold.test}
        if both:
            raise UserError(
                f"fold {fold.name!r} trains and tests on the same person ({min(both)}): "
                "split the clips by person"
            )


def _check_persons(persons: Sequence[str]) -> None:
    """Raises UserError unless every row has a person and there are at least two."""
    for row, person in enumerate(persons):
        if not person or person.endswith("/"):
            raise UserError(f"clip {row} has no subject: give every clip its subject's name")
    found = sorted(set(persons))
    if len(found) < 2:
        raise UserError(
            f"subject-wise folds need at least two subjects, got {len(found)} ({', '.join(found)}):"
            " add subjects or choose another view"
        )


def _check_classes(labels: Sequence[int], classes: Sequence[str]) -> None:
    """Raises UserError naming the classes that no row has."""
    present = {int(label) for label in labels}
    assert not classes or present <= set(range(len(classes))), "a label outside the classes"
    missing = [name for index, name in enumerate(classes) if index not in present]
    if missing:
        raise UserError(
            f"no clip of class {', '.join(missing)} in this data: choose a view without it or add "
            "clips of it"
        )


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
