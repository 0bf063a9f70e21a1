"""The SVMs against plain scikit-learn; C by inner people; nothing but the rows that are given."""

import numpy as np
import pytest
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from mol_jax.classic.inner import GRID, ChosenSvm, inner_folds
from mol_jax.classic.svm import Svm
from mol_jax.errors import UserError

RNG = np.random.default_rng(3)
LABELS = RNG.integers(0, 3, 90)
# Three components tell the classes apart, eight do not, and one is constant.
FEATURES = np.hstack(
    [np.eye(3)[LABELS] * 2 + RNG.normal(size=(90, 3)), 3 * RNG.normal(size=(90, 8))]
    + [np.full((90, 1), 4.0)]
)
PEOPLE = np.array([f"tiny/s{row // 6}" for row in range(90)])
TRAIN, TEST = np.arange(72), np.arange(72, 90)


def plain(kernel, c, scaled):
    svc = SVC(C=c, kernel=kernel, decision_function_shape="ovr", break_ties=True)
    return make_pipeline(StandardScaler(with_mean=scaled, with_std=scaled), svc)


@pytest.mark.parametrize("scaled", [True, False])
@pytest.mark.parametrize("kernel", ["linear", "rbf"])
def test_it_is_what_plain_scikit_learn_says(kernel, scaled):
    fitted = Svm(kernel, 9.0, scaled, 3).fit(FEATURES[TRAIN], LABELS[TRAIN], PEOPLE[TRAIN])
    theirs = plain(kernel, 9.0, scaled).fit(FEATURES[TRAIN], LABELS[TRAIN])
    found = fitted.probabilities(FEATURES[TEST])
    np.testing.assert_array_equal(found.argmax(1), theirs.predict(FEATURES[TEST]))
    powers = np.exp(theirs.decision_function(FEATURES[TEST]))
    np.testing.assert_allclose(found, powers / powers.sum(1, keepdims=True), rtol=1e-9)
    assert len(np.unique(found.argmax(1))) == 3


def test_a_class_that_no_row_has_gets_nothing():
    two = np.flatnonzero(LABELS != 1)
    found = Svm("linear", 1.0, True, 4).fit(FEATURES[two], LABELS[two], PEOPLE[two])
    p = found.probabilities(FEATURES)
    assert not p[:, [1, 3]].any()
    np.testing.assert_allclose(p.sum(1), 1)
    theirs = plain("linear", 1.0, True).fit(FEATURES[two], LABELS[two])
    np.testing.assert_array_equal(p.argmax(1), theirs.predict(FEATURES))
    np.testing.assert_allclose(p[:, 2], 1 / (1 + np.exp(-theirs.decision_function(FEATURES))))
    one = np.flatnonzero(LABELS == 2)
    only = Svm("rbf", 1.0, False, 4).fit(FEATURES[one], LABELS[one], PEOPLE[one])
    np.testing.assert_array_equal(only.probabilities(FEATURES), np.eye(4)[[2] * 90])


def test_features_that_are_all_alike_say_one_class_and_not_nan():
    found = Svm("rbf", 28.0, False, 3).fit(np.ones((90, 4)), LABELS, PEOPLE)
    p = found.probabilities(np.ones((2, 4)))
    assert np.isfinite(p).all() and np.array_equal(p[0], p[1])


@pytest.mark.slow
def test_c_is_chosen_by_people_whom_the_inner_folds_did_not_see():
    """With literal loops over inner folds, C and scikit-learn's own pipeline."""
    folds = inner_folds(PEOPLE[TRAIN])
    assert len(folds) == 5
    assert sorted(row for fold in folds for row in fold.test) == TRAIN.tolist()
    uf1 = []
    for c in GRID:
        said = np.zeros(72, int)
        for fold in folds:
            assert not {*PEOPLE[fold.train]} & {*PEOPLE[fold.test]}
            model = plain("linear", c, True).fit(FEATURES[fold.train], LABELS[fold.train])
            said[fold.test] = model.predict(FEATURES[fold.test])
        uf1.append(f1_score(LABELS[TRAIN], said, average="macro"))
    given = FEATURES[TRAIN], LABELS[TRAIN], PEOPLE[TRAIN]
    chosen = ChosenSvm("linear", True, 3)
    np.testing.assert_allclose(chosen.uf1(*given), uf1)
    fitted, best = chosen.fit(*given), GRID[int(np.argmax(uf1))]
    assert len({*uf1}) > 2 and fitted.c == best
    fixed = Svm("linear", best, True, 3).fit(*given)
    np.testing.assert_array_equal(
        fitted.probabilities(FEATURES[TEST]), fixed.probabilities(FEATURES[TEST])
    )


def test_of_equals_the_smallest_c_is_taken():
    easy = np.eye(3)[LABELS] * 50
    chosen = ChosenSvm("linear", True, 3)
    uf1 = chosen.uf1(easy, LABELS, PEOPLE)
    assert uf1.count(max(uf1)) > 2
    assert chosen.fit(easy, LABELS, PEOPLE).c == GRID[uf1.index(max(uf1))]


def test_few_people_make_fewer_inner_folds_and_one_is_refused():
    assert len(inner_folds(PEOPLE[:18])) == 3
    with pytest.raises(UserError, match=r"all of tiny/s0: set model\.c, as --config\.model\.c=1"):
        ChosenSvm("linear", True, 3).fit(FEATURES[:6], LABELS[:6], PEOPLE[:6])
