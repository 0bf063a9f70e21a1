"""Who or what: nearest neighbours as scikit-learn finds them, and what chance would give."""

import numpy as np
import pytest
from sklearn.model_selection import LeaveOneGroupOut, LeaveOneOut, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier

from mol_jax.pictures.neighbours import ask, shares

PERSON = np.repeat(["a", "b", "c"], 4)
LABEL = np.arange(12) % 2
EVERY = np.arange(12)


def test_answers_are_those_of_scikit_learns_nearest_neighbour():
    points = np.random.default_rng(0).normal(size=(12, 3)).astype(np.float32)
    found = ask(points, LABEL, PERSON, EVERY)
    nearest = KNeighborsClassifier(1)
    for name, truth in (("person", PERSON), ("class", LABEL)):
        told = cross_val_predict(nearest, points, truth, cv=LeaveOneOut())
        assert found.right[name].tolist() == (told == truth).tolist()
    told = cross_val_predict(nearest, points, LABEL, cv=LeaveOneGroupOut(), groups=PERSON)
    assert found.right["class_of_others"].tolist() == (told == LABEL).tolist()


def test_chance_is_the_share_of_such_clips_among_the_others():
    found = ask(np.zeros((12, 1)), LABEL, PERSON, EVERY[:2])
    assert found.chance["person"].tolist() == pytest.approx([3 / 11] * 2)
    assert found.chance["class"].tolist() == pytest.approx([5 / 11] * 2)
    assert found.chance["class_of_others"].tolist() == pytest.approx([4 / 8] * 2)


@pytest.mark.parametrize(("axis", "who", "what"), [(PERSON, 1, 0), (LABEL, 0, 1)])
def test_an_embedding_of_people_tells_who_and_one_of_classes_what(axis, who, what):
    _, places = np.unique(axis, return_inverse=True)
    noise = np.random.default_rng(1).normal(size=(12, 2)) / 100
    points = np.stack([10.0 * places, 0 * places], 1) + noise
    found = shares(
        [ask(points, LABEL, PERSON, EVERY[:6]), ask(points, LABEL, PERSON, EVERY[6:])], PERSON
    )
    assert found["person"].share >= who and found["class_of_others"].share >= what
    told = found["person" if who else "class_of_others"]
    assert told.ci95[0] == told.share == 1 > told.chance


def test_of_one_person_nothing_is_asked_of_others():
    found = shares([ask(np.arange(4.0)[:, None], LABEL[:4], PERSON[:4], EVERY[:4])], PERSON[:4])
    assert "class_of_others" not in found and found["person"].share == found["person"].chance == 1
    assert found["class"].ci95 is None
