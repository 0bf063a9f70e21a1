"""Spreads of errors: all that there are, bounds that hold, and matrices with the right margins."""

from itertools import product

import numpy as np
import pytest

from mol_jax.scoring.feasible.right_clips import weights
from mol_jax.scoring.feasible.wrong_clips import greatest, least, matrix_of, some_spread, spreads


def draw(seed, most=5):
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, most, rng.integers(2, most))
    return counts, rng.integers(0, counts + 1)


def matrices(wrong):
    """Returns all columns that matrices with an empty diagonal and these row sums can have."""
    n = len(wrong)
    lines = []
    for i in range(n):
        options = [line for line in product(range(int(wrong[i]) + 1), repeat=n) if not line[i]]
        lines.append([line for line in options if sum(line) == wrong[i]])
    return {tuple(np.sum(chosen, axis=0)) for chosen in product(*lines)}


def listed(wrong):
    pairs = ((left, rest) for left, rest in spreads(wrong))
    return {(*a, *b) for left, rest in pairs for a in left.tolist() for b in rest.tolist()}


@pytest.mark.parametrize(
    "wrong", [(1, 2), (0, 0), (3, 0, 1), (2, 2, 2), (1, 0, 2, 1), (1, 1, 0, 1, 1)]
)
def test_they_are_those_of_a_full_list_of_matrices(wrong):
    assert listed(np.array(wrong)) == matrices(np.array(wrong))


@pytest.mark.parametrize("seed", range(60))
def test_bounds_hold_and_the_upper_one_is_reached(seed):
    counts, right = draw(seed)
    every = np.array(sorted(listed(counts - right)))
    for name in ("uf1", "wf1"):
        weight = weights(counts, name)
        (low,), (high,) = (bound(counts, right[None], weight) for bound in (least, greatest))
        values = (weight * 2 * right / (counts + right + every)).sum(1)
        assert values.min() >= low - 1e-9
        assert values.max() == pytest.approx(high)
        assert values.min() - low < 0.06  # no more below than whole numbers explain


@pytest.mark.parametrize("seed", range(60))
def test_a_spread_is_made_a_matrix(seed):
    counts, right = draw(seed)
    wrong = counts - right
    assert tuple(some_spread(wrong)) in listed(wrong)
    for spread in listed(wrong):
        matrix = matrix_of(right, wrong, np.array(spread))
        np.testing.assert_array_equal(matrix.sum(1), counts)
        np.testing.assert_array_equal(matrix.sum(0), right + spread)
        np.testing.assert_array_equal(np.diag(matrix), right)
        assert matrix.min() >= 0


def test_with_many_classes_some_are_drawn():
    wrong = np.array([3, 1, 4, 1, 5, 2, 6])
    drawn = listed(wrong)
    assert drawn
    for spread in list(drawn)[:200]:
        assert sum(spread) == wrong.sum()
        assert all(np.array(spread) + wrong <= wrong.sum())
