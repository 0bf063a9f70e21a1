"""Can two figures be the mean of several runs, where no single run has them?

A mean over runs or seeds on the same clips lies in the convex hull of what one run can have. With
few classes the hull is found from all numbers of right clips, so that a pair outside of it is not
the mean of any number of runs. The greatest F1 of each is exact; the least is a bound, so that a
pair that is not below the hull is not proven to be a mean.
"""

from collections.abc import Sequence
from math import prod

import numpy as np

from mol_jax.scoring.feasible.right_clips import Floats, Window, weights
from mol_jax.scoring.feasible.wrong_clips import greatest, least

MOST = 3_000_000  # numbers of right clips that are listed
MOST_LEAST = 300_000  # the same, where the least F1 of each is asked for, which takes longer


def above(counts: Sequence[int], along: str, at: Window, name: str, value: Window) -> bool | None:
    """Tells whether `name` is above the mean of any runs whose mean `along` lies in its window.

    along: acc or uar. name: uf1 or wf1. None where there are too many matrices to tell.
    """
    if prod(count + 1 for count in counts) > MOST:
        return None
    right, share = _right(counts, along)
    high = greatest(np.asarray(counts), right, weights(np.asarray(counts), name))
    return _highest(share, high, at) < float(value.low) - 1e-9


def below(counts: Sequence[int], along: str, at: Window, name: str, value: Window) -> bool | None:
    """Tells whether `name` is surely below the mean of any such runs: True, or None; see `above`.

    It is compared with a bound on the least F1, which whole numbers of clips may not reach.
    """
    if prod(count + 1 for count in counts) > MOST_LEAST:
        return None
    right, share = _right(counts, along)
    low = least(np.asarray(counts), right, weights(np.asarray(counts), name))
    return True if -_highest(share, -low, at) > float(value.high) + 1e-9 else None


def _right(counts: Sequence[int], along: str) -> tuple[np.ndarray, Floats]:
    """Returns all numbers of right clips [M, K], and the accuracy or UAR of each [M]."""
    right = np.indices([count + 1 for count in counts]).reshape(len(counts), -1).T
    share = right.sum(1) / sum(counts) if along == "acc" else (right / np.array(counts)).mean(1)
    return right, share


def _highest(x: Floats, y: Floats, at: Window) -> float:
    """Returns the greatest value in a window of x of the concave envelope of points."""
    span = float(at.low), float(at.high)
    x = np.round(x, 12)  # equal UARs differ in their last digits
    order = np.lexsort((-y, x))
    x, y = x[order], y[order]
    first = np.diff(x, prepend=-1.0) > 1e-13
    corners = _corners(x[first], y[first])
    inside = corners[:, 0]
    ends = np.clip(span, inside[0], inside[-1])
    within = corners[(inside > span[0]) & (inside < span[1]), 1]
    return float(max(*np.interp(ends, inside, corners[:, 1]), *within))


def _corners(x: Floats, y: Floats) -> Floats:
    """Returns the corners [C, 2] of the concave envelope of points with ascending x."""
    found: list[tuple[float, float]] = []
    for point in zip(x.tolist(), y.tolist(), strict=True):
        while len(found) > 1 and _turn(found[-2], found[-1], point) >= 0:
            found.pop()
        found.append(point)
    return np.array(found)


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
