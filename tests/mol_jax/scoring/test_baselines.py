"""What a predictor reaches that looks at no picture."""

import numpy as np
import pytest

from mol_jax.scoring import baselines
from mol_jax.scoring.confusion import scores
from mol_jax.scoring.predictions import Prediction

CLASSES = ("negative", "positive", "surprise")


def rows_of(labels: dict[str, str], *, seeds=(0,), fold=lambda subject: subject):
    """Returns rows with the labels of each subject's clips, one letter a clip."""
    names = {name[0]: name for name in CLASSES}
    return [
        Prediction("d", subject, f"c{i}", fold(subject), 0, seed, names[letter], "negative")
        for seed in seeds
        for subject, letters in labels.items()
        for i, letter in enumerate(letters)
    ]


def test_the_majority_class_is_that_of_the_other_folds():
    # Without a, positive leads 3:2; without b or c, negative does.
    rows = rows_of({"a": "nnnn", "b": "pp", "c": "pnn"})
    counts = np.zeros((3, 3), int)
    counts[0, 1] = 4  # a is told positive
    counts[0, 0], counts[1, 0] = 2, 3  # b and c are told negative
    assert baselines.majority(rows, CLASSES) == scores(counts)


def test_one_clear_majority_is_said_everywhere():
    found = baselines.majority(rows_of({"a": "nnnp", "b": "nnns", "c": "nnnp"}), CLASSES)
    assert found["acc"] == pytest.approx(9 / 12)
    assert found["uar"] == pytest.approx(1 / 3)
    assert found["uf1"] == pytest.approx(2 * 9 / (12 + 9) / 3)


def test_a_single_fold_says_its_own_majority():
    rows = rows_of({"a": "nnp", "b": "nps"}, fold=lambda _: "all")
    assert baselines.majority(rows, CLASSES)["acc"] == pytest.approx(0.5)


def test_seeds_count_a_clip_once():
    labels = {"a": "nnp", "b": "nps", "c": "pp"}
    once, twice = rows_of(labels), rows_of(labels, seeds=(0, 1))
    assert baselines.majority(once, CLASSES) == baselines.majority(twice, CLASSES)
    assert baselines.random(once, CLASSES) == baselines.random(twice, CLASSES)


def test_random_guesses_reach_what_theory_says():
    share = np.array([88, 32, 25]) / 145
    labels = {f"s{i}": "n" * 88 + "p" * 32 + "s" * 25 for i in range(4)}
    found = baselines.random(rows_of(labels), CLASSES)
    assert found["acc"] == pytest.approx((share**2).sum(), abs=0.005)
    assert found["uar"] == pytest.approx(1 / 3, abs=0.005)
    assert found["uf1"] == pytest.approx(1 / 3, abs=0.005)
    low, high = found["ci95"]["uf1"]
    assert low < found["uf1"] < high


def test_the_luck_of_one_run_shrinks_with_the_clips():
    few = baselines.random(rows_of({"a": "nnpps"}), CLASSES)["ci95"]["acc"]
    many = baselines.random(rows_of({"a": "nnpps" * 50}), CLASSES)["ci95"]["acc"]
    assert many[1] - many[0] < 0.3 * (few[1] - few[0])
