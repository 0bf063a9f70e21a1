"""Who or what: nearest neighbours as scikit-learn finds them, and what chance would give."""

import numpy as np
import pytest
from sklearn.model_selection import LeaveOneGroupOut, LeaveOneOut, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier

from mol_jax.pictures.embedding.neighbours import ask, shares
from mol_jax.pictures.embedding.picture import verdict

PERSON = np.repeat(["a", "b", "c"], 4)
LABEL = np.arange(12) % 2
EVERY = np.arange(12)


def test_answers_are_those_of_scikit_learns_nearest_neighbour():
    points = np.random.default_rng(0).normal(size=(12, 3)).astype(np.float32)
    found = ask(points, LABEL, PERSON, EVERY, EVERY)
    nearest = KNeighborsClassifier(1)
    for number in range(2):
        of = number == LABEL
        told = cross_val_predict(nearest, points[of], PERSON[of], cv=LeaveOneOut())
        assert found.right["person"][of].tolist() == (told == PERSON[of]).tolist()
    told = cross_val_predict(nearest, points, LABEL, cv=LeaveOneGroupOut(), groups=PERSON)
    assert found.right["class_of_others"].tolist() == (told == LABEL).tolist()


def test_chance_is_the_share_of_such_clips_among_the_others():
    found = ask(np.zeros((12, 1)), LABEL, PERSON, EVERY[:8], EVERY[8:])
    assert found.chance["person"].tolist() == pytest.approx([1 / 3] * 8)
    assert found.chance["class_of_others"].tolist() == pytest.approx([2 / 4] * 8)


@pytest.mark.parametrize(
    ("axis", "words"), [(PERSON, "**who, and not what**"), (LABEL, "**what, and not who**")]
)
def test_an_embedding_of_people_tells_who_and_one_of_classes_what(axis, words):
    person, label = np.repeat(np.arange(10), 4), np.arange(40) % 2
    axis = person if axis is PERSON else label
    noise = np.random.default_rng(1).normal(size=(40, 2)) / 100
    points = np.stack([10.0 * axis, 0 * axis], 1) + noise
    half = np.arange(40) < 20
    rows = np.flatnonzero(half), np.flatnonzero(~half)
    found = shares([ask(points, label, person, of, rows[of is rows[0]]) for of in rows], person)
    told = found["person" if axis is person else "class_of_others"]
    assert told.ci95[0] == told.share == 1 > told.chance and told.clips == 40
    assert words in verdict(found)[0]


def test_who_cannot_be_told_where_all_unseen_clips_are_one_persons():
    """Classes and noise alone, and what was not trained on nearer to 0, as networks place it."""
    rng = np.random.default_rng(0)
    person, label = np.repeat(np.arange(8), 6), np.arange(48) % 3
    points = 4 * np.eye(3)[label] + rng.normal(size=(48, 3)) / 4
    answers = []
    for who in range(8):
        unseen = person == who
        placed = np.where(unseen[:, None], 0.8, 1.0) * points
        rows = np.flatnonzero(unseen), np.flatnonzero(~unseen)
        answers.append(ask(placed, label, person, *rows))
    found = shares(answers, person)
    assert list(found) == ["class_of_others"] and found["class_of_others"].share == 1
    words, why = verdict(found)
    assert words.startswith("It tells **what**. Of held-out") and why.startswith(
        "**Who cannot be told here**"
    )


def test_people_of_one_class_each_are_not_told_apart_by_it():
    person = np.repeat(np.arange(10), 4)
    label = person % 2
    points = np.eye(2)[label] + np.random.default_rng(3).normal(size=(40, 2)) / 100
    every = np.arange(40)
    found = shares([ask(points, label, person, every, every)], person)
    assert found["person"].ci95[0] <= found["person"].chance


def test_of_one_person_nothing_is_asked():
    answers = [ask(np.arange(4.0)[:, None], LABEL[:4], PERSON[:4], EVERY[:4], EVERY[:4])]
    assert shares(answers, PERSON[:4]) == {} and verdict({}) == []
