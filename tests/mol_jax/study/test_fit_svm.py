"""The SVM against plain scikit-learn, and sealed under every protocol."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from mol_jax.data.split import make_folds
from mol_jax.data.svm_features import Pair, of_flow
from mol_jax.errors import UserError
from mol_jax.protocol.folds import Fold
from mol_jax.study import fit_svm
from tests.mol_jax import tiny

CROSS = {
    "data.name": "composite",
    "data.view": "casme2/3class_megc2019+smic/3class",
    "protocol.name": "cross",
    "protocol.train": ("casme2",),
    "protocol.test": ("smic",),
}
INNER = {"selection.name": "inner", "selection.every": 5, "selection.validation": 1}
PROTOCOLS = {
    "loso": {},
    "inner": INNER,
    "kfold": {"protocol.name": "kfold", "protocol.folds": 2},
    "lovo": {"protocol.name": "lovo"},
    "cross": CROSS,
}


def study_of(protocol):
    """Returns a dataset, its features, labels and the folds of a protocol."""
    changes = PROTOCOLS[protocol]
    dataset = tiny.joined({"casme2": 8, "smic": 4}) if protocol == "cross" else tiny.dataset()
    folds = make_folds(tiny.config(**changes), dataset)
    found = np.stack([of_flow(pair.flow) for pair in dataset.pairs])
    return dataset, found, dataset.table.label, folds


def learnt(machine):
    """Returns every number that was learnt from the training rows."""
    scaler, model = machine[0], machine[-1]
    return [scaler.mean_, scaler.scale_, model.coef_, model.intercept_, model.support_]


def same(one, other) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(learnt(one), learnt(other), strict=True))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_held_out_rows_change_nothing_and_each_training_row_does(protocol):
    _, found, labels, folds = study_of(protocol)
    for fold in folds:
        whole = fit_svm.fit(found, labels, fold)
        corrupted, relabelled = found.copy(), labels.copy()
        corrupted[fold.test] = 1e6
        relabelled[fold.test] = (labels[fold.test] + 1) % 3
        assert same(fit_svm.fit(corrupted, relabelled, fold), whole)
        for row in (*fold.train, *fold.validation):
            corrupted = found.copy()
            corrupted[row] += 1
            moved = fit_svm.fit(corrupted, labels, fold)
            assert not np.array_equal(moved[0].mean_, whole[0].mean_)
            assert not np.array_equal(moved[-1].coef_, whole[-1].coef_)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_it_is_what_plain_scikit_learn_says(protocol):
    dataset, found, labels, folds = study_of(protocol)
    rows = {row.clip: row for row in fit_svm.floor(dataset, folds).rows}
    tested = [int(row) for fold in folds for row in fold.test]
    assert len(rows) == len(tested) == len(set(tested))
    for fold in folds:
        held_out = set(fold.test.tolist())
        side = {"cross": range(8)}.get(protocol, [r for r in range(12) if r not in held_out])
        scaler = StandardScaler().fit(found[list(side)])
        model = SVC(kernel="linear").fit(scaler.transform(found[list(side)]), labels[list(side)])
        for row in held_out:
            (says,) = model.predict(scaler.transform(found[[row]]))
            prediction = rows[dataset.names[row].clip]
            assert prediction.pred == dataset.classes[says]
            assert prediction.true == dataset.classes[labels[row]]
            assert prediction.fold == fold.name and (prediction.trial, prediction.seed) == (0, 0)
            assert prediction.probs == tuple(float(c == prediction.pred) for c in dataset.classes)


def test_a_split_made_by_hand():
    """Two clips of one class left, two of the other right; the third component says nothing."""
    found = np.array([[-2, 0, 1], [-1, 1, 1], [1, 0, 1], [2, 1, 1], [-9, 5, 1], [0.5, -3, 1]])
    labels = np.array([0, 0, 1, 1, 1, 0])  # the tested ones lie on the other's side
    machine = fit_svm.fit(
        found, labels, Fold("f", np.array([0, 1, 2]), np.array([4, 5]), np.array([3]))
    )
    assert machine.predict(found[[4, 5]]).tolist() == [0, 1]
    np.testing.assert_allclose(machine[0].mean_, [0, 0.5, 1])
    np.testing.assert_allclose(machine[0].scale_, [np.sqrt(2.5), 0.5, 1])


def test_people_held_in_to_choose_by_are_trained_on_too():
    dataset, *_, folds = study_of("inner")
    assert all(len(fold.validation) for fold in folds)
    *_, without = study_of("loso")
    assert fit_svm.floor(dataset, folds).rows == fit_svm.floor(dataset, without).rows
    lacking = [dataclasses.replace(fold, validation=np.array([], np.int64)) for fold in folds]
    assert fit_svm.floor(dataset, lacking).rows != fit_svm.floor(dataset, without).rows


def test_it_is_the_same_again_in_any_order_of_the_folds():
    dataset, *_, folds = study_of("loso")
    first = fit_svm.floor(dataset, folds).rows
    assert fit_svm.floor(dataset, folds).rows == first
    again = fit_svm.floor(dataset, folds[::-1]).rows
    assert again != first and sorted(again, key=str) == sorted(first, key=str)


def test_a_test_row_among_the_training_rows_stops_it():
    _, found, labels, _ = study_of("loso")
    for sides in (((0, 1, 2), (2,), ()), ((0, 1), (2,), (2, 3))):
        fold = Fold("f", *(np.array(rows, np.int64) for rows in sides))
        with pytest.raises(AssertionError, match="rows that it tests"):
            fit_svm.fit(found, labels, fold)


def test_where_only_one_class_is_trained_on_it_says_that_one_and_so():
    dataset, *_ = study_of("loso")
    fold = Fold("sub1", np.array([0, 3]), np.array([4, 5, 6, 7]))
    floor = fit_svm.floor(dataset, [fold])
    assert [row.pred for row in floor.rows] == ["negative"] * 4
    assert floor.rows[0].probs == (1.0, 0.0, 0.0)
    assert floor.notes == ("every training clip of fold sub1 is negative: it says that there",)
    several = Fold("sub1", np.array([0, 1, 2, 3]), np.array([4, 5, 6, 7]))
    assert fit_svm.floor(dataset, [several]).notes == ()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_flow_that_is_no_number_is_one_sentence(value):
    dataset, *_, folds = study_of("loso")
    field = dataset.pairs[5].flow.copy()
    field[3, 3, 0] = value
    pairs = list(dataset.pairs)
    pairs[5] = Pair(pairs[5].frames, field, Path("nowhere"))
    with pytest.raises(UserError, match=r"flow of 1 clips is not finite \(first clip5 of subject"):
        fit_svm.floor(dataclasses.replace(dataset, pairs=tuple(pairs)), folds)
