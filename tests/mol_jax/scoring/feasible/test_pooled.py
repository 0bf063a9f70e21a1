"""Pairs of parts and of their union that no run has together, against all matrices."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from mol_jax.scoring.confusion import scores
from mol_jax.scoring.feasible.pooled import Pair, together
from mol_jax.scoring.feasible.question import figure
from mol_jax.scoring.feasible.right_clips import Window

COUNTS = ((3, 2, 1), (2, 1, 2))


def rows(clips):
    return [row for row in product(range(clips + 1), repeat=3) if sum(row) == clips]


def window(value, half=1e-6):
    return Window(Fraction(value - half), Fraction(value + half))


@pytest.fixture(scope="module")
def matrices():
    """Returns every confusion matrix of each part."""
    return [
        np.array(list(product(*(rows(count) for count in counts)))).reshape(-1, 3, 3)
        for counts in COUNTS
    ]


def test_it_agrees_with_all_matrices(matrices):
    """Of parts with six and five clips: their 1,800 and 324 matrices, and the sums of these."""
    rng = np.random.default_rng(0)
    pairs = [
        np.array([(scores(m)["uf1"], scores(m)["uar"]) for m in part]).round(9) for part in matrices
    ]
    answers = []
    for _ in range(25):
        first, second, other = (rng.integers(len(pairs[part])) for part in (0, 1, 0))
        chosen = [matrices[0][first], matrices[1][second]]
        union = scores(matrices[0][other] + matrices[1][second])
        wanted = [pairs[0][first], pairs[1][second]]
        alike = [part[(p == w).all(1)] for part, p, w in zip(matrices, pairs, wanted, strict=True)]
        sums = [scores(a + b) for a, b in product(*alike)]
        expected = any(
            abs(one["uf1"] - union["uf1"]) < 1e-6 and abs(one["uar"] - union["uar"]) < 1e-6
            for one in sums
        )
        parts = [
            Pair(counts, {name: window(scores(m)[name]) for name in ("uf1", "uar")})
            for counts, m in zip(COUNTS, chosen, strict=True)
        ]
        found = together(parts, {name: window(union[name]) for name in ("uf1", "uar")})
        assert found == expected
        answers.append(found)
    assert 2 < sum(answers) < 23, "both answers are tried"


def pairs(text, cut=False):
    """Returns the windows of "0.741/0.745 ..."."""
    each = [zip(("uf1", "uar"), pair.split("/"), strict=True) for pair in text.split()]
    read = [{name: figure(name, digits) for name, digits in one} for one in each]
    return [{n: f.cut if cut else f.window for n, f in one.items()} for one in read]


@pytest.mark.parametrize(
    ("full", "cut", "possible"),
    [("0.781/0.765", False, False), ("0.781/0.765", True, True), ("0.781/0.767", False, True)],
)
def test_a_composite_of_three(full, cut, possible):
    """FRL-DGT's M7: not as it is printed, and possible 0.002 beside it."""
    counts = ((70, 51, 43), (92, 26, 15), (88, 32, 25))
    parts = pairs("0.741/0.745 0.725/0.672 0.848/0.838", cut)
    found = together([Pair(*one) for one in zip(counts, parts, strict=True)], *pairs(full, cut))
    assert found == possible


def test_a_part_that_cannot_be_rules_the_rest_out():
    parts = pairs("0.200/0.528 0.395/0.410")
    counts = ((70, 51, 43), (92, 26, 15))
    assert not together([Pair(*one) for one in zip(counts, parts, strict=True)], *pairs("0.5/0.5"))
