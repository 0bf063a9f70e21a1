"""Held-in people: some of a fold's training persons are kept out of training to choose by.

Who they are depends on the fold's name, the persons and their classes alone: neither the order of
rows or folds nor a resume changes it, and all seeds and trials of a fold have the same.
"""

import hashlib
from collections.abc import Sequence

import numpy as np

from mol_jax.errors import UserError
from mol_jax.protocol.folds import Fold

DRAWS = 64  # groups of persons that are drawn for a fold, of which the most even is taken


def hold_in(
    folds: Sequence[Fold], persons: Sequence[str], labels: Sequence[int], share: float
) -> list[Fold]:
    """Returns the folds with the rows of some training persons moved to `validation`.

    share: below 1 of each fold's training persons, rounded and at least one; else how many. Whoever
    is tested is never held in, so under "lovo" the others are chosen from.

    Raises UserError where so many cannot be held in and leave someone, and each class, to train on.
    """
    return [_hold_in(fold, persons, np.asarray(labels), share) for fold in folds]


def _hold_in(fold: Fold, persons: Sequence[str], labels: np.ndarray, share: float) -> Fold:
    tested = {persons[row] for row in fold.test}
    found = sorted({persons[row] for row in fold.train} - tested)
    wanted = max(1, round(share * len(found))) if share < 1 else int(share)
    if wanted >= len(found):
        fewer = f"at most {len(found) - 1}" if found[1:] else "nobody (selection.name=fixed)"
        raise UserError(
            f"selection.validation is {share:g}, but fold {fold.name!r} has {len(found)} whom it "
            f"could hold in, and must train on one: hold in {fewer}"
        )
    counts = _counts(fold.train, persons, labels, found)  # [P, n]
    everyone = _counts(fold.train, persons, labels, sorted({persons[r] for r in fold.train})).sum(0)
    best, evenness = None, np.inf
    for draw in range(DRAWS):
        group = _drawn(fold.name, draw, found)[:wanted]
        held = counts[group].sum(0)
        if (everyone > held).all() and (odd := _unevenness(held, everyone)) < evenness:
            best, evenness = group, odd
    if best is None:
        raise UserError(
            f"fold {fold.name!r} would lose a class with each of {DRAWS} groups of {wanted} of its "
            f"{len(found)} persons held in: lower selection.validation, or choose another view"
        )
    held_in = {found[person] for person in best}
    is_held = np.array([persons[row] in held_in for row in fold.train])
    return Fold(fold.name, fold.train[~is_held], fold.test, fold.train[is_held])


def _counts(
    rows: np.ndarray, persons: Sequence[str], labels: np.ndarray, found: Sequence[str]
) -> np.ndarray:
    """Counts the clips of each person and class, [P, n], of the classes that there are."""
    person = {name: at for at, name in enumerate(found)}
    classes = {int(label): at for at, label in enumerate(np.unique(labels[rows]))}
    counts = np.zeros((len(person), len(classes)), np.int64)
    for row in rows:
        if persons[row] in person:
            counts[person[persons[row]], classes[int(labels[row])]] += 1
    return counts


def _drawn(fold: str, draw: int, found: Sequence[str]) -> list[int]:
    """Returns all persons in an order that the fold's name and the draw's number decide."""

    def number(at: int) -> bytes:
        return hashlib.sha256(f"{fold}\n{draw}\n{found[at]}".encode()).digest()

    return sorted(range(len(found)), key=number)


def _unevenness(held: np.ndarray, everyone: np.ndarray) -> float:
    """Returns how far the held-in clips are from having every class in the share of all clips."""
    share = held.sum() / everyone.sum()
    return float(np.abs(held / everyone - share).sum())
