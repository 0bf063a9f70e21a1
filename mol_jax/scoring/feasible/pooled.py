"""Whether figures of several sets of clips and of their union can be those of one run.

Each pair of UF1 and UAR may be possible by itself, and all of them together not: the matrix of the
union is the sum of the others. Every matrix that has a part's pair is looked at, so no is certain.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mol_jax.scoring.feasible.right_clips import SLACK, Floats, Ints, Window, diagonals
from mol_jax.scoring.feasible.search import exact_scores
from mol_jax.scoring.feasible.wrong_clips import spreads


@dataclass(frozen=True)
class Pair:
    """The clips of each class of a set, and the windows of its uf1 and uar."""

    counts: tuple[int, ...]
    windows: Mapping[str, Window]


@dataclass(frozen=True)
class _Right:
    """Right clips [K] of a set that its UAR allows, and the spreads [M, K] that its UF1 does."""

    right: Ints
    spreads: Ints


def together(parts: Sequence[Pair], union: Mapping[str, Window]) -> bool:
    """Tells whether the pairs of all parts and the windows of their union can be of one run.

    Of at most 3 classes: with more there are too many matrices to look at all.
    """
    assert all(len(part.counts) <= 3 for part in parts)
    each = [list(_of(part)) for part in parts]
    counts = np.sum([part.counts for part in parts], axis=0)
    chosen = _with_recall(each, counts, union["uar"])
    return any(_one_has(counts, choice, union) for choice in chosen)


def _of(part: Pair) -> Iterator[_Right]:
    """Yields what each number of right clips of a part leaves possible."""
    counts, window = np.asarray(part.counts, np.int64), part.windows["uf1"]
    for rows in diagonals(counts, part.windows):
        for right in rows:
            spread = np.concatenate([left for left, _ in spreads(counts - right)])
            near = spread[_within(_f1(counts, right, spread), window)]
            fits = [one for one in near if _holds(counts, right, one, part.windows)]
            if fits:
                yield _Right(right, np.array(fits))


def _f1(counts: Ints, right: Ints, spread: Ints) -> Floats:
    """Returns the unweighted F1 of each spread [..., K]."""
    return (2 * right / (counts + right + spread)).mean(-1)


def _within(values: Floats, window: Window) -> np.ndarray:
    return (values >= float(window.low) - SLACK) & (values <= float(window.high) + SLACK)


def _with_recall(
    each: Sequence[Sequence[_Right]], counts: Ints, window: Window
) -> Iterator[tuple[_Right, ...]]:
    """Yields one of each part wherever the recalls of the union have the mean that is asked for.

    In random order: where there are many, one that has the UF1 as well is found soon.
    """
    total: Floats = np.zeros(())
    for part in each:
        recalls = np.array([(one.right / counts).mean() for one in part])
        total = np.add.outer(total, recalls)
    chosen = np.argwhere(_within(total, window))
    for places in np.random.default_rng(0).permutation(chosen):
        yield tuple(part[place] for part, place in zip(each, places, strict=True))


def _one_has(counts: Ints, choice: Sequence[_Right], union: Mapping[str, Window]) -> bool:
    """Tells whether spreads, one of each part, sum to one that gives the union its figures."""
    right, window = np.sum([one.right for one in choice], axis=0), union["uf1"]
    least, most = (
        np.sum([edge(one.spreads, axis=0) for one in choice], axis=0) for edge in (np.min, np.max)
    )
    if not (
        _f1(counts, right, most) <= float(window.high) + SLACK
        and _f1(counts, right, least) >= float(window.low) - SLACK
    ):
        return False
    sums = np.zeros((1, len(counts)), np.int64)
    for one in choice[:-1]:
        sums = np.unique((sums[:, None] + one.spreads).reshape(-1, len(counts)), axis=0)
    last = choice[-1].spreads
    near = np.argwhere(_within(_f1(counts, right, sums[:, None] + last), window))
    return any(_holds(counts, right, sums[a] + last[b], union) for a, b in near)


def _holds(counts: Ints, right: Ints, spread: Ints, windows: Mapping[str, Window]) -> bool:
    """Tells whether figures lie in their windows, in whole numbers."""
    found = exact_scores(counts, right, spread)
    return all(window.holds(found[name]) for name, window in windows.items())
