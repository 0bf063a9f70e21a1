"""The temperature of calibration: the least loss, and what it may not change."""

import numpy as np
import pytest

from mol_jax.predicting.models import temperature
from mol_jax.scoring.predictions import Prediction, Predictions

CLASSES = ("a", "b", "c")


def table(probabilities, true):
    rows = [
        Prediction(
            "d", f"s{i}", "c", f"s{i}", 0, 0, CLASSES[t], CLASSES[int(np.argmax(p))], tuple(p)
        )
        for i, (p, t) in enumerate(zip(probabilities, true, strict=True))
    ]
    return Predictions(CLASSES, tuple(rows))


def drawn(sharpness, count=400):
    """Returns probabilities of logits that are `sharpness` times too large, and the classes."""
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(count, 3))
    true = np.array([rng.choice(3, p=softmax(one)) for one in logits])
    return softmax(sharpness * logits), true


def softmax(logits):
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def loss(probabilities, true, t):
    powers = probabilities ** (1 / t)
    return -np.log((powers / powers.sum(1, keepdims=True))[np.arange(len(true)), true]).mean()


@pytest.mark.parametrize("sharpness", [0.5, 1, 3])
def test_it_is_where_a_grid_finds_the_least_loss(sharpness):
    probabilities, true = drawn(sharpness)
    grid = np.geomspace(*temperature.BOUNDS, 4001)
    best = grid[np.argmin([loss(probabilities, true, t) for t in grid])]
    assert temperature.fit(table(probabilities, true)) == pytest.approx(best, rel=2e-3)
    assert best == pytest.approx(sharpness, rel=0.2)


def test_it_changes_no_order_and_keeps_sums():
    probabilities, _ = drawn(3, 50)
    cooler = temperature.apply(probabilities, 2.5)
    np.testing.assert_array_equal(cooler.argsort(-1), probabilities.argsort(-1))
    np.testing.assert_allclose(cooler.sum(-1), 1, rtol=1e-5)
    assert (cooler.max(-1) < probabilities.max(-1)).all()
    np.testing.assert_allclose(temperature.apply(probabilities, 1.0), probabilities, atol=1e-6)


def test_a_run_that_is_always_right_is_not_made_certain_and_one_without_rows_has_none():
    assert temperature.fit(table([[0.8, 0.1, 0.1]] * 5, [0] * 5)) == pytest.approx(0.25, rel=1e-3)
    assert temperature.fit(table([[0.0, 1.0, 0.0]] * 5, [0] * 5)) == pytest.approx(20, rel=1e-3)
    assert temperature.fit(Predictions(CLASSES, ())) is None
