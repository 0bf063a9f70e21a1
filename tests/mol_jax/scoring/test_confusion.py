"""Scores against scikit-learn, on random tables with empty classes, and by hand."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, recall_score

from mol_jax.scoring.confusion import by_subject, confusion, per_class, persons, scores
from mol_jax.scoring.predictions import Prediction


def draw_table(seed: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Returns true and predicted labels of a few clips; some classes are often missing."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 8))
    size = int(rng.integers(1, 40))
    true, pred = (rng.choice(n, size, p=rng.dirichlet(np.full(n, 0.3))) for _ in range(2))
    return true, np.where(rng.random(size) < 0.4, true, pred), n


@pytest.mark.parametrize("seed", range(200))
def test_scores_equal_scikit_learn(seed):
    true, pred, n = draw_table(seed)
    counts = confusion(true, pred, n)
    np.testing.assert_array_equal(counts, confusion_matrix(true, pred, labels=range(n)))
    occurring = sorted(set(true) | set(pred))  # the written rule for absent classes
    macro = {"average": "macro", "labels": occurring, "zero_division": 0}
    expected = {
        "acc": accuracy_score(true, pred),
        "wf1": f1_score(true, pred, average="weighted", zero_division=0),
        "uf1": f1_score(true, pred, **macro),
        "uar": recall_score(true, pred, **macro),
    }
    assert scores(counts) == pytest.approx(expected, abs=1e-12)
    each = f1_score(true, pred, average=None, labels=range(n), zero_division=0)
    np.testing.assert_allclose(per_class(counts)["f1"], each)


def test_scores_by_hand():
    # 10 clips: class 0 has 6, class 1 has 4. F1: 2·5/(6+6), 2·3/(4+4).
    counts = np.array([[5, 1], [1, 3]])
    assert scores(counts) == pytest.approx(
        {
            "acc": 0.8,
            "wf1": 0.6 * 10 / 12 + 0.4 * 6 / 8,
            "uf1": (10 / 12 + 6 / 8) / 2,
            "uar": (5 / 6 + 3 / 4) / 2,
        }
    )


def test_a_class_that_never_occurs_is_left_out_and_one_only_predicted_counts_zero():
    absent = np.array([[3, 0, 0], [0, 2, 0], [0, 0, 0]])
    assert scores(absent) == pytest.approx(dict.fromkeys(("acc", "wf1", "uf1", "uar"), 1.0))
    predicted = np.array([[3, 0, 0], [0, 1, 1], [0, 0, 0]])
    found = scores(predicted)
    assert found["uf1"] == pytest.approx((1 + 2 / 3 + 0) / 3)
    assert found["uar"] == pytest.approx((1 + 1 / 2 + 0) / 3)


@pytest.mark.parametrize(
    ("counts", "uf1"),
    # The majority class on published tasks: MEGC2019 composite 0.241, CASME II 0.252, SMIC 0.199.
    [((250, 109, 83), 0.241), ((88, 32, 25), 0.252), ((70, 51, 43), 0.199), ((92, 26, 15), 0.273)],
)
def test_the_majority_class_of_known_tasks(counts, uf1):
    matrix = np.zeros((3, 3), int)
    matrix[:, 0] = counts
    found = scores(matrix)
    assert found["uf1"] == pytest.approx(uf1, abs=5e-4)
    assert found["uar"] == pytest.approx(1 / 3)


def test_leading_axes_are_scored_one_by_one():
    stack = np.stack([confusion(*draw_table(s)[:2], 8) for s in range(6)]).reshape(2, 3, 8, 8)
    found = scores(stack)
    for at in np.ndindex(2, 3):
        assert {name: value[at] for name, value in found.items()} == scores(stack[at])


def test_no_clip_is_no_score():
    assert all(np.isnan(value) for value in scores(np.zeros((3, 3), int)).values())


def test_by_subject_keeps_seeds_and_persons_of_equal_name_apart():
    rows = [
        Prediction("casme2", "s1", "a", "s1", 0, 7, "x", "x"),
        Prediction("samm", "s1", "a", "s1", 0, 7, "x", "y"),
        Prediction("casme2", "s1", "a", "s1", 0, 3, "x", "y"),
    ]
    counts = by_subject(rows, ("x", "y"))
    assert counts.shape == (2, 2, 2, 2)
    np.testing.assert_array_equal(counts[0, 0], [[0, 1], [0, 0]])  # seed 3, casme2
    np.testing.assert_array_equal(counts[0, 1], np.zeros((2, 2)))  # seed 3, samm: nothing
    np.testing.assert_array_equal(counts[1, 0], [[1, 0], [0, 0]])
    np.testing.assert_array_equal(counts[1, 1], [[0, 1], [0, 0]])


def test_one_person_in_two_datasets_of_a_study_is_one_person():
    rows = [
        Prediction("smic", "s11", "a", "s11", 0, 0, "x", "x"),
        Prediction("smic_vis", "s11", "a", "s11", 0, 0, "x", "y"),
        Prediction("mine", "1", "a", "1", 0, 0, "y", "y", person="Ann"),
        Prediction("yours", "7", "a", "7", 0, 0, "y", "y", person="Ann"),
    ]
    assert persons(rows) == [("", "Ann"), ("smic", "s11")]
    np.testing.assert_array_equal(by_subject(rows, ("x", "y"))[0, 1], [[1, 1], [0, 0]])
