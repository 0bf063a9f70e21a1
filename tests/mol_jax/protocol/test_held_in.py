"""Held-in people: nobody on two sides, every class on both, and nothing but names decides."""

import numpy as np
import pytest

from mol_jax.errors import UserError
from mol_jax.protocol.folds import Fold, make_folds
from mol_jax.protocol.held_in import hold_in

PINNED = [6, 7]


def drawn(seed, *, people=12, clips=80, classes=3):
    rng = np.random.default_rng(seed)
    persons = [f"d/s{i:02d}" for i in range(people)]
    persons += [persons[i] for i in rng.integers(0, people, clips - people)]
    return persons, rng.integers(0, classes, clips)


def names(rows, persons):
    return {persons[row] for row in rows}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("share", "wanted"), [(0.2, 2), (0.01, 1), (3, 3), (3.0, 3), (0.9, 10)])
def test_some_training_persons_are_moved_and_nobody_is_on_two_sides(seed, share, wanted):
    persons, labels = drawn(seed)
    for before, fold in zip(
        make_folds("loso", persons),
        hold_in(make_folds("loso", persons), persons, labels, share),
        strict=True,
    ):
        sides = [names(rows, persons) for rows in (fold.train, fold.validation, fold.test)]
        assert sum(map(len, sides)) == len(set().union(*sides)) == 12
        assert len(sides[1]) == wanted
        assert fold.name == before.name
        np.testing.assert_array_equal(fold.test, before.test)
        np.testing.assert_array_equal(np.union1d(fold.train, fold.validation), before.train)
        assert set(labels[fold.train]) == {0, 1, 2}


def test_the_order_of_rows_and_folds_changes_nothing():
    persons, labels = drawn(0)
    order = np.random.default_rng(1).permutation(len(persons))
    straight = hold_in(make_folds("loso", persons), persons, labels, 3)
    moved = [persons[i] for i in order]
    shuffled = hold_in(make_folds("loso", moved)[::-1], moved, labels[order], 3)[::-1]
    for one, other in zip(straight, shuffled, strict=True):
        assert names(one.validation, persons) == names(other.validation, moved)


def test_folds_hold_in_different_people():
    persons, labels = drawn(0, people=20, clips=200)
    folds = hold_in(make_folds("loso", persons), persons, labels, 4)
    assert len({frozenset(names(fold.validation, persons)) for fold in folds}) > 10


def test_held_in_clips_have_the_classes_of_all_clips():
    # Half of the people show class 0 alone, the others class 1: an even group has two of each.
    persons = [f"d/s{i}" for i in range(17) for _ in range(5)]
    labels = np.array([i % 2 for i in range(17) for _ in range(5)])
    for fold in hold_in(make_folds("loso", persons), persons, labels, 4):
        assert np.bincount(labels[fold.validation]).tolist() == [10, 10]


def test_a_class_of_one_person_stays_in_training():
    persons = [f"d/s{i}" for i in range(8) for _ in range(2)]
    labels = np.array([int(i == 5) for i in range(8) for _ in range(2)])
    for fold in hold_in(make_folds("loso", persons), persons, labels, 3):
        assert "d/s5" not in names(fold.validation, persons)
        assert len(names(fold.validation, persons)) == 3


def test_under_lovo_the_tested_person_is_not_held_in():
    persons = ["d/a", "d/a", "d/a", "d/b", "d/c"]
    clips = [f"{person}/{row}" for row, person in enumerate(persons)]
    labels = [0] * 5
    for fold in hold_in(make_folds("lovo", persons, clips=clips), persons, labels, 1):
        held = names(fold.validation, persons)
        assert len(held) == 1 and held.isdisjoint(names(fold.test, persons))
        assert len(fold.train) + len(fold.validation) == 4


@pytest.mark.parametrize(
    ("people", "labels", "share", "says"),
    [
        (
            3,
            [0, 0, 0],
            2,
            "selection.validation is 2, but fold 's0' has 2 whom it.*hold in at most 1",
        ),
        (3, [0, 0, 0], 0.9, r"selection.validation is 0\.9, but fold 's0' has 2 whom"),
        (2, [0, 0], 1, "has 1 whom.*hold in nobody .selection.name=fixed."),
        (3, [0, 1, 2], 1, "fold 's0' would lose a class with each of 64 groups of 1 of its 2"),
    ],
)
def test_too_many_are_refused(people, labels, share, says):
    persons = [f"d/s{i}" for i in range(people)]
    with pytest.raises(UserError, match=says) as error:
        hold_in(make_folds("loso", persons), persons, labels, share)
    assert "\n" not in str(error.value)


def test_who_is_held_in_is_as_it_was():
    """A later change of the draw would make workdirs go on with other people."""
    persons = [f"d/s{i}" for i in range(9)]
    fold = Fold("s8", train=np.arange(8), test=np.array([8]))
    (held,) = hold_in([fold], persons, [0, 1] * 4 + [0], 2)
    assert held.validation.tolist() == sorted(held.validation.tolist()) == PINNED
