"""Nobody is on both sides, every row is tested once, and the order of the rows changes nothing."""

import numpy as np
import pytest

from mol_jax.errors import UserError
from mol_jax.protocols import Fold, audit, make_folds

PERSONS = ["casme2/sub02", "casme2/sub01", "casme2/sub02", "casme2/sub03", "casme2/sub01"]


def draw_persons(rng: np.random.Generator) -> list[str]:
    """Returns the persons of up to 60 clips of 5 to 12 subjects of three datasets."""
    pool = [f"{rng.choice(['casme2', 'samm', 'smic'])}/s{i}" for i in range(rng.integers(5, 13))]
    return [*pool, *rng.choice(pool, rng.integers(0, 50))]


@pytest.mark.parametrize("protocol", ["loso", "kfold"])
@pytest.mark.parametrize("seed", range(20))
def test_every_row_is_tested_once_and_no_person_is_on_both_sides(protocol, seed):
    persons = draw_persons(np.random.default_rng(seed))
    folds = make_folds(protocol, persons)
    tested = np.concatenate([fold.test for fold in folds])
    assert sorted(tested) == list(range(len(persons)))
    assert len({fold.name for fold in folds}) == len(folds)
    for fold in folds:
        assert not {persons[i] for i in fold.train} & {persons[i] for i in fold.test}
        assert sorted([*fold.train, *fold.test]) == list(range(len(persons)))


@pytest.mark.parametrize("protocol", ["loso", "kfold"])
@pytest.mark.parametrize("seed", range(10))
def test_row_order_changes_no_fold(protocol, seed):
    rng = np.random.default_rng(seed)
    persons = draw_persons(rng)
    order = rng.permutation(len(persons))
    straight = make_folds(protocol, persons)
    shuffled = make_folds(protocol, [persons[i] for i in order])
    assert [fold.name for fold in straight] == [fold.name for fold in shuffled]
    for one, other in zip(straight, shuffled, strict=True):
        assert set(one.test) == {order[i] for i in other.test}


def test_loso_is_one_fold_per_subject_named_for_it():
    folds = make_folds("loso", PERSONS)
    assert [fold.name for fold in folds] == ["sub01", "sub02", "sub03"]
    np.testing.assert_array_equal(folds[0].test, [1, 4])
    np.testing.assert_array_equal(folds[0].train, [0, 2, 3])


def test_a_composite_names_the_dataset_so_that_equal_subjects_stay_apart():
    folds = make_folds("loso", ["casme2/sub01", "samm/sub01"])
    assert [fold.name for fold in folds] == ["casme2/sub01", "samm/sub01"]


def test_kfold_balances_clips_and_has_k_folds():
    persons = ["a"] * 6 + ["b"] * 3 + ["c"] * 2 + ["d"] * 1
    folds = make_folds("kfold", persons, folds=2)
    assert [fold.name for fold in folds] == ["fold1of2", "fold2of2"]
    assert [len(fold.test) for fold in folds] == [6, 6]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"protocol": "lovo", "persons": PERSONS}, "'lovo' is unknown.*loso, kfold"),
        ({"protocol": "loso", "persons": ["casme2/sub01"] * 4}, "at least two subjects, got 1"),
        ({"protocol": "loso", "persons": []}, "at least two subjects, got 0"),
        ({"protocol": "loso", "persons": ["a", ""]}, "clip 1 has no subject"),
        ({"protocol": "loso", "persons": ["casme2/a", "casme2/"]}, "clip 1 has no subject"),
        ({"protocol": "kfold", "persons": PERSONS, "folds": 4}, "choose 2 to 3 folds"),
        ({"protocol": "kfold", "persons": PERSONS, "folds": 1}, "choose 2 to 3 folds"),
    ],
)
def test_bad_input_is_refused_with_a_reason(arguments, says):
    with pytest.raises(UserError, match=says):
        make_folds(**arguments)


def test_a_class_without_a_clip_is_named():
    classes = ("negative", "positive", "surprise")
    make_folds("loso", PERSONS, [0, 1, 2, 0, 0], classes=classes)
    with pytest.raises(UserError, match="no clip of class positive, surprise"):
        make_folds("loso", PERSONS, [0, 0, 0, 0, 0], classes=classes)


@pytest.mark.parametrize(
    ("train", "test", "says"),
    [
        ([0, 3], [1, 2], "same person.*casme2/sub02"),
        ([], [0], "no clip to train on"),
        ([0], [], "no clip to test"),
    ],
)
def test_the_audit_refuses_leaks_and_empty_sides(train, test, says):
    with pytest.raises(UserError, match=says):
        audit([Fold("f", np.array(train, int), np.array(test, int))], PERSONS)
