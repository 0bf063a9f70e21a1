"""Right clips of each class: all that acc and uar allow, none that they do not."""

from fractions import Fraction

import numpy as np
import pytest

from mol_jax.scoring.feasible import right_clips as module
from mol_jax.scoring.feasible.right_clips import (
    Window,
    nearest_accuracies,
    nearest_uar,
    right_clips,
)

COUNTS = np.array([3, 4, 6])


def around(value, half=Fraction(1, 200)):
    return Window(Fraction(value) - half, Fraction(value) + half)


def everything(counts):
    return np.indices([c + 1 for c in counts]).reshape(len(counts), -1).T


def rows(windows, counts=COUNTS):
    return {tuple(row) for part in module.diagonals(counts, windows) for row in part}


@pytest.mark.parametrize("chunk", [7, 20_000])
@pytest.mark.parametrize("acc", [None, "0.5", "0.77", "1"])
@pytest.mark.parametrize("uar", [None, "0.5", "0.75", "0.02"])
def test_they_are_those_of_a_full_list(monkeypatch, chunk, acc, uar):
    monkeypatch.setattr(module, "CHUNK", chunk)
    windows = {name: around(v) for name, v in (("acc", acc), ("uar", uar)) if v}
    expected = set()
    for row in everything(COUNTS):
        figures = {
            "acc": Fraction(int(row.sum()), 13),
            "uar": sum(Fraction(int(d), int(c)) for d, c in zip(row, COUNTS, strict=True)) / 3,
        }
        if all(window.holds(figures[name]) for name, window in windows.items()):
            expected.add(tuple(row))
    assert rows(windows) == expected


def test_f1_leaves_out_only_what_cannot_be():
    kept = rows({"uf1": around("0.95", Fraction(1, 1000))})
    assert (3, 4, 6) in kept  # as long as nothing is said wrongly it could be 1; this stays a bound
    assert (0, 4, 6) not in kept


def test_accuracies_are_whole_numbers_of_clips():
    assert right_clips(246, around("0.7927", Fraction(1, 20000))) == range(195, 196)
    window = around("0.7923", Fraction(1, 20000))
    assert not right_clips(246, window)
    assert nearest_accuracies(246, window) == [194, 195]
    assert right_clips(246, None) == range(247)


@pytest.mark.parametrize("value", ["0.003", "0.51", "0.7071", "0.999"])
def test_the_nearest_uars_are_those_of_a_full_list(value):
    window = around(value, Fraction(1, 10**6))
    uars = sorted(
        {sum(map(Fraction, map(int, row), map(int, COUNTS))) / 3 for row in everything(COUNTS)}
    )
    found = [
        sum(map(Fraction, row, map(int, COUNTS)), Fraction()) / 3
        for row in nearest_uar([int(c) for c in COUNTS], window)
    ]
    below, above = [u for u in uars if u < window.low], [u for u in uars if u > window.high]
    assert found == [*below[-1:], *above[:1]]


def test_too_many_classes_for_a_list_have_no_nearest():
    assert nearest_uar([250] * 8, around("0.123456789", Fraction(1, 10**12))) == []
