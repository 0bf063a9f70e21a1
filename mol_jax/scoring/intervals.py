"""How far a score would move with other people: everything is resampled by person.

Clips of one person are not independent, persons are. Seeds are never pooled: a score of several
seeds is the mean of the seeds' scores, and all of a person's seeds are drawn together.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mol_jax.scoring.confusion import SCORES, Counts, occurring, scores

RESAMPLES = 2000
PERMUTATIONS = 10_000
NORMAL_97_5 = 1.959963984540054  # the 97.5th percentile of the normal distribution


def seed_mean(counts: Counts, *, classes: ArrayLike | None = None) -> dict[str, Any]:
    """Returns the mean over seeds, the first axis, of the scores of counts [K, ..., n, n].

    classes: see `confusion.scores`.
    """
    found = scores(counts, classes=classes)
    return {name: np.mean(value, axis=0) for name, value in found.items()}


def interval(draws: ArrayLike) -> list[float]:
    """Returns the 2.5th and the 97.5th percentile of draws [R].

    A draw is nan where a seed with failed folds has no clip of the persons drawn; it is left out.
    """
    return [float(x) for x in np.nanpercentile(np.asarray(draws), [2.5, 97.5])]


def draw_persons(persons: int, *, seed: int = 0) -> Counts:
    """Draws as many persons with replacement, 2,000 times: how often each is taken, [R, P]."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(persons, np.full(persons, 1 / persons), RESAMPLES)


def score_intervals(counts: Counts) -> dict[str, list[float] | None]:
    """Returns the 95 % bootstrap interval of each score; None where there is only one person.

    `counts` [K, P, n, n] are those of `confusion.by_subject`. The persons drawn are pooled before
    the scores are taken, over the classes of the whole table: without them, a draw would score
    better for lacking a person whose class is always missed. The same counts give the same
    interval, always.
    """
    persons = counts.shape[1]
    if persons < 2:
        return dict.fromkeys(SCORES)
    pooled = np.tensordot(counts, draw_persons(persons), axes=(1, 1))  # [K, n, n, R]
    draws = seed_mean(np.moveaxis(pooled, -1, 1), classes=occurring(counts.sum(1))[:, None])
    return {name: interval(value) for name, value in draws.items()}


def mean_interval(total: ArrayLike, count: ArrayLike) -> list[float] | None:
    """Returns the 95 % bootstrap interval of a mean, sum of `total` over sum of `count`.

    Both are [K, P], per seed and person. None where there is only one person.
    """
    total, count = np.asarray(total, np.float64), np.asarray(count, np.float64)
    persons = total.shape[1]
    if persons < 2:
        return None
    weights = draw_persons(persons).T
    with np.errstate(invalid="ignore"):  # 0/0: see `interval`
        return interval(((total @ weights) / (count @ weights)).mean(0))


def wilson(hits: float, count: float) -> tuple[float, float]:
    """Returns the 95 % interval of a share, `hits` of `count` that are independent (Wilson 1927).

    It stays within [0, 1] and has a width where none or all hit. Clips of one person are the units
    of that person's share; a share of many people's clips has `score_intervals` instead.
    """
    assert 0 <= hits <= count and count > 0, (hits, count)
    share, z = hits / count, NORMAL_97_5
    centre = share + z**2 / (2 * count)
    half = z * np.sqrt(share * (1 - share) / count + (z / (2 * count)) ** 2)
    low, high = (float((centre + side * half) / (1 + z**2 / count)) for side in (-1, 1))
    return max(0.0, min(low, share)), min(1.0, max(high, share))  # none hit: 0, not 4e-17


def paired_test(ours: Counts, theirs: Counts) -> dict[str, Any]:
    """Tests whether two predictors differ in UF1 on the same clips, by swapping persons.

    Both are counts [K, P, n, n] with the same seeds, persons and clips. Under the null hypothesis
    either predictor may have made a person's predictions, so whole persons swap sides, each with
    probability 1/2. Both are scored over the classes that occur on either side. Returns the
    `difference` ours − theirs, its 95 % bootstrap interval `ci95` and the two-sided
    `p` = (1 + number of swaps at least as far from zero) / (1 + swaps).
    """
    assert ours.shape == theirs.shape, "the same seeds, persons and classes"
    persons = ours.shape[1]
    classes = occurring((ours + theirs).sum(1))
    difference = _uf1(ours.sum(1), classes) - _uf1(theirs.sum(1), classes)
    swap = np.random.default_rng(0).integers(0, 2, (PERMUTATIONS, persons))
    stay = np.tensordot(ours, 1 - swap, axes=(1, 1)) + np.tensordot(theirs, swap, axes=(1, 1))
    left = np.moveaxis(stay, -1, 1)
    right = (ours + theirs).sum(1)[:, None] - left
    # Equal differences must compare as equal in spite of rounding.
    classes = classes[:, None]
    as_far = np.abs(_uf1(left, classes) - _uf1(right, classes)) >= abs(difference) - 1e-12
    return {
        "difference": float(difference),
        "ci95": _difference_interval(ours, theirs, classes),
        "p": float((1 + as_far.sum()) / (1 + PERMUTATIONS)),
    }


def _uf1(pooled: Counts, classes: ArrayLike) -> NDArray[np.float64]:
    """Returns UF1 of counts [K, ..., n, n], mean over seeds."""
    return seed_mean(pooled, classes=classes)["uf1"]


def _difference_interval(ours: Counts, theirs: Counts, classes: ArrayLike) -> list[float] | None:
    """Returns the 95 % interval of the difference in UF1, both sides with the same persons."""
    persons = ours.shape[1]
    if persons < 2:
        return None
    weights = draw_persons(persons)
    left, right = (
        _uf1(np.moveaxis(np.tensordot(counts, weights, axes=(1, 1)), -1, 1), classes)
        for counts in (ours, theirs)
    )
    return interval(left - right)
