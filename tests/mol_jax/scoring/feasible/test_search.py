"""The search against all confusion matrices of small tables, and on published figures."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from mol_jax.scoring.confusion import scores
from mol_jax.scoring.feasible.right_clips import Window
from mol_jax.scoring.feasible.search import _Search, search


def printed(value, digits=2):
    """Returns the window of a figure in percent."""
    half = Fraction(1, 200 * 10**digits)
    return Window(Fraction(value) / 100 - half, Fraction(value) / 100 + half)


def every_matrix(counts):
    n = len(counts)
    lines = [
        [line for line in product(range(count + 1), repeat=n) if sum(line) == count]
        for count in counts
    ]
    return np.array(list(product(*lines)))


SMALL = [(3, 4, 2), (5, 3), (2, 2, 1, 2), (1, 2, 1, 1, 1)]


@pytest.mark.parametrize("counts", SMALL)
@pytest.mark.parametrize("names", [("uf1",), ("uf1", "uar"), ("acc", "wf1"), ("uf1", "wf1", "acc")])
def test_it_finds_what_there_is_and_nothing_else(counts, names):
    found = scores(every_matrix(counts))
    there = {tuple(row) for row in np.round(100 * np.stack([found[n] for n in names], 1), 1)}
    rng = np.random.default_rng(0)
    values = sorted(there)
    real = [values[i] for i in rng.integers(0, len(values), 12)]
    mixed = [
        tuple(values[i][k] for k, i in enumerate(rng.integers(0, len(values), len(names))))
        for _ in range(12)
    ]
    shifted = [tuple(round(v + 0.1, 1) for v in row) for row in real]
    for row in (*real, *mixed, *shifted):
        windows = {n: printed(f"{v:.1f}", 1) for n, v in zip(names, row, strict=True)}
        answer = search(counts, windows)
        assert answer.decided
        exact = np.all(
            [
                (found[n] >= float(w.low) - 1e-12) & (found[n] <= float(w.high) + 1e-12)
                for n, w in windows.items()
            ],
            axis=0,
        )
        assert (answer.matrix is not None) == exact.any()
        if answer.matrix is not None:
            got = scores(answer.matrix)
            assert all(
                w.low <= Fraction(got[n]).limit_denominator(10**6) <= w.high
                for n, w in windows.items()
            )
            np.testing.assert_array_equal(answer.matrix.sum(1), counts)


@pytest.mark.parametrize("value", ["71.9", "3.1", "99.9"])
def test_the_nearest_values_are_those_of_a_full_list(value):
    counts, window = (3, 4, 2), printed(value, 2)
    uf1 = np.unique(scores(every_matrix(counts))["uf1"])
    answer = search(counts, {"uf1": window})
    assert answer.matrix is None
    below, above = uf1[uf1 < float(window.low)], uf1[uf1 > float(window.high)]
    assert answer.below == pytest.approx(below.max())
    if len(above):
        assert answer.above == pytest.approx(above.min(), abs=0.01)


@pytest.mark.parametrize("counts", [(1, 4), (1, 1, 5), (2, 3, 3)])
@pytest.mark.parametrize(("held", "name"), [("acc", "wf1"), ("uar", "uf1"), ("acc", "uf1")])
def test_the_nearest_values_with_another_figure_are_those_of_a_full_list(counts, held, name):
    found = scores(every_matrix(counts))
    for at in np.unique(found[held])[:: max(1, len(counts) - 1)]:
        values = np.unique(found[name][np.isclose(found[held], at)])
        for value in ("2", "33", "71.1", "97"):
            window, along = printed(value), printed(f"{100 * at:.4f}", 4)
            answer = search(counts, {held: along, name: window})
            if answer.matrix is not None:
                continue
            below = values[values < float(window.low)]
            above = values[values > float(window.high)]
            assert (answer.below is None, answer.above is None) == (not below.size, not above.size)
            if below.size:
                assert answer.below == pytest.approx(below.max(), abs=1e-6)
            if above.size:  # a bound over real numbers
                assert answer.above <= above.min() + 1e-6
                assert answer.above > float(window.high)


def test_out_of_time_nothing_is_called_nearest(monkeypatch):
    real = _Search._late

    def late(work):
        work.answer.decided &= work.margin == 0.0
        return real(work) or work.margin > 0

    monkeypatch.setattr(_Search, "_late", late)
    answer = search((70, 51, 43), {"uf1": printed("81.00"), "uar": printed("72.34")})
    assert (answer.matrix, answer.decided) == (None, True)
    assert (answer.below, answer.above) == (None, None)


# The paper's composite: all, and the parts of SMIC, CASME II and SAMM.
@pytest.mark.parametrize(
    ("counts", "uf1", "uar", "possible"),
    [
        ((250, 109, 83), "87.79", "85.42", True),
        ((70, 51, 43), "81.00", "72.34", False),
        ((88, 32, 25), "90.08", "89.92", False),
        ((92, 26, 15), "89.72", "89.00", False),
        ((70, 51, 43), "68.01", "67.03", True),
        ((88, 32, 25), "83.82", "81.90", True),
    ],
)
def test_published_pairs(counts, uf1, uar, possible):
    answer = search(counts, {"uf1": printed(uf1), "uar": printed(uar)})
    assert answer.decided
    assert (answer.matrix is not None) == possible


def test_the_best_uf1_at_the_uar_of_the_paper_for_smic():
    answer = search((70, 51, 43), {"uf1": printed("81.00"), "uar": printed("72.34")})
    assert answer.below == pytest.approx(0.7411, abs=1e-4)
    assert answer.above is None


@pytest.mark.parametrize("seed", range(8))
def test_the_scores_of_a_table_are_always_possible(seed):
    rng = np.random.default_rng(seed)
    counts = rng.integers(5, 60, rng.integers(2, 8))
    matrix = np.stack([rng.multinomial(c, rng.dirichlet(np.ones(len(counts)))) for c in counts])
    matrix += np.diag(counts)  # better than chance
    found = scores(matrix)
    windows = {n: printed(f"{100 * found[n]:.2f}") for n in ("acc", "uar", "uf1")}
    answer = search(matrix.sum(1).tolist(), windows)
    assert answer.matrix is not None or not answer.decided  # never called impossible
    assert answer.matrix is not None or len(counts) > 5


def test_without_time_nothing_is_decided():
    answer = search((300,) * 5, {"uf1": printed("77.77"), "uar": printed("51.23")}, seconds=0.05)
    assert answer.matrix is None
    assert not answer.decided
