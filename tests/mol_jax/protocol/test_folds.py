"""Nobody is on both sides, every row is tested once, and the order of the rows changes nothing."""

import numpy as np
import pytest

from mol_jax.errors import UserError
from mol_jax.protocol.folds import Fold, check_folds, make_folds, words

PERSONS = ["casme2/sub02", "casme2/sub01", "casme2/sub02", "casme2/sub03", "casme2/sub01"]
CLIPS = [f"{person}/c{row}" for row, person in enumerate(PERSONS)]
# A row of each camera of one SMIC person, and two people of CASME II.
MIXED = {
    "persons": ["smic/3", "casme2/sub01", "smic/3", "smic/4", "casme2/sub02"],
    "clips": ["smic/3/a", "casme2/sub01/a", "smic_vis/3/a", "smic_vis/4/b", "casme2/sub02/a"],
}
PAIR = {key: [values[row] for row in (0, 1, 4)] for key, values in MIXED.items()}


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


def test_all_is_one_fold_that_trains_on_every_row_and_tests_none():
    (fold,) = make_folds("all", PERSONS, labels=[0, 1, 0, 1, 1], classes=("a", "b"))
    np.testing.assert_array_equal(fold.train, range(5))
    assert (fold.name, len(fold.test), len(fold.validation)) == ("all", 0, 0)
    assert len(make_folds("all", ["d/a"] * 2)) == 1, "one person is enough where nobody is left out"
    assert words({"name": "all", "folds": 5}) == "trained on all people, NOBODY IS TESTED"
    with pytest.raises(UserError, match="no clip of class c"):
        make_folds("all", PERSONS, labels=[0, 1, 0, 1, 1], classes=("a", "b", "c"))


def test_lovo_is_one_fold_per_clip_and_trains_on_the_tested_person():
    folds = make_folds("lovo", PERSONS, clips=CLIPS)
    assert [fold.name for fold in folds] == [
        "sub01/c1", "sub01/c4", "sub02/c0", "sub02/c2", "sub03/c3"
    ]  # fmt: skip
    assert sorted(int(row) for fold in folds for row in fold.test) == [0, 1, 2, 3, 4]
    np.testing.assert_array_equal(folds[0].test, [1])
    np.testing.assert_array_equal(folds[0].train, [0, 2, 3, 4])
    with pytest.raises(UserError, match="trains and tests on the same person"):
        check_folds(folds, PERSONS)


def test_lovo_needs_no_second_person_and_ignores_the_order_of_rows():
    clips = ["d/a/2", "d/a/1", "d/a/3"]
    folds = make_folds("lovo", ["d/a"] * 3, clips=clips)
    assert [(fold.name, *fold.test) for fold in folds] == [("a/1", 1), ("a/2", 0), ("a/3", 2)]


def test_cross_is_one_fold_between_datasets():
    (fold,) = make_folds("cross", **PAIR, train=("casme2",), test=("smic",))
    assert fold.name == "casme2->smic"
    np.testing.assert_array_equal(fold.train, [1, 2])
    np.testing.assert_array_equal(fold.test, [0])


def test_cross_needs_every_class_on_the_side_that_is_trained_on():
    sides = {"train": ("casme2",), "test": ("smic",), "classes": ("negative", "positive")}
    make_folds("cross", **PAIR, labels=[0, 0, 1], **sides)
    with pytest.raises(UserError, match="no clip of class positive in casme2, which is trained on"):
        make_folds("cross", **PAIR, labels=[1, 0, 0], **sides)


def test_the_protocol_is_said_in_words():
    sides = {"name": "cross", "train": ("casme2", "samm"), "test": ("smic",)}
    views = {"casme2": "3class_naive", "smic": "3class"}
    assert words(sides, views=views) == (
        "cross-dataset: trained on casme2 (3class_naive) and samm, tested on smic (3class)"
    )
    assert words({"name": "loso", "folds": 5}) == "leave one subject out"
    assert words({"name": "kfold", "folds": 5}) == "5 folds, subject-disjoint"
    assert words({"name": "lovo", "folds": 5}) == "leave one video out, NOT SUBJECT-INDEPENDENT"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"protocol": "losovo", "persons": PERSONS}, "'losovo' is unknown.*loso, kfold, lovo"),
        ({"protocol": "loso", "persons": ["casme2/sub01"] * 4}, "at least two subjects, got 1"),
        ({"protocol": "loso", "persons": []}, "at least two subjects, got 0"),
        ({"protocol": "loso", "persons": ["a", ""]}, "clip 1 has no subject"),
        ({"protocol": "loso", "persons": ["casme2/a", "casme2/"]}, "clip 1 has no subject"),
        ({"protocol": "kfold", "persons": PERSONS, "folds": 4}, "choose 2 to 3 folds"),
        ({"protocol": "kfold", "persons": PERSONS, "folds": 1}, "choose 2 to 3 folds"),
        ({"protocol": "lovo", "persons": ["a"], "clips": ["d/a/1"]}, "at least two clips, got 1"),
        ({"protocol": "lovo", "persons": ["a", ""], "clips": ["d/a/1", "d//2"]}, "clip 1 has no s"),
        ({"protocol": "lovo", **MIXED}, "smic/3 is in smic and in smic_vis.*lovo on one"),
        (
            {"protocol": "cross", **PAIR, "train": ("casme3",), "test": ("smic",)},
            r"protocol\.train names 'casme3', which is none of .*\(casme2, smic\)",
        ),
        (
            {"protocol": "cross", **PAIR, "train": ("casme2",), "test": ("samm",)},
            r"protocol\.test names 'samm'",
        ),
        (
            {"protocol": "cross", **MIXED, "train": ("casme2",), "test": ("smic",)},
            "smic_vis of data.view is neither in",
        ),
        (
            {"protocol": "cross", **MIXED, "train": ("casme2", "smic_vis"), "test": ("smic",)},
            r"'casme2\+smic_vis->smic' trains and tests on the same person \(smic/3\)",
        ),
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
        check_folds([Fold("f", np.array(train, int), np.array(test, int))], PERSONS)
