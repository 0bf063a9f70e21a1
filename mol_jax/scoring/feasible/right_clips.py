"""How many clips of each class can have been right, given a printed accuracy or UAR.

Used by `mol_jax.scoring.feasible.search`. Figures are fractions of 1; a window is what printed
digits stand for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, prod

import numpy as np
from numpy.typing import NDArray

CHUNK = 20_000  # rows worked on at once
MOST = 5_000_000  # right clips of some of the classes that are listed at once
SLACK = 1e-9  # by which float bounds are widened; what is found is checked in whole numbers

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Window:
    """The figures that are printed as one: from `low` to `high`, both included."""

    low: Fraction
    high: Fraction

    def holds(self, value: Fraction) -> bool:
        """Tells whether a figure lies in the window."""
        return self.low <= value <= self.high

    def widened(self, margin: float) -> "Window":
        """Returns the window with a margin on both sides."""
        return Window(self.low - Fraction(margin), self.high + Fraction(margin))


def weights(counts: Ints, name: str) -> Floats:
    """Returns what the F1 of each class counts for in uf1 or wf1."""
    return counts / counts.sum() if name == "wf1" else np.full(len(counts), 1 / len(counts))


def diagonals(counts: Ints, windows: Mapping[str, Window]) -> Iterator[Ints]:
    """Yields all [M, K] numbers of right clips of each class that acc and uar leave possible.

    What no spread of the errors can bring to the windows of uf1 and wf1 is left out too. The order
    is random, so that a search that may stop early sees all kinds soon; M may be 0, so that it can
    look at the clock.
    """
    limits = _Limits(counts, windows)
    if limits.right:
        yield from _grow(limits, np.zeros((1, 0), np.int64), np.random.default_rng(0))


def _grow(limits: "_Limits", done: Ints, rng: np.random.Generator) -> Iterator[Ints]:
    """Adds the classes one by one, as many rows at once as fit a chunk."""
    if done.shape[1] == len(limits.counts):
        yield done
        return
    low, high = limits.next_class(done)
    width = np.maximum(high - low + 1, 0)
    done, low, width = done[width > 0], low[width > 0], width[width > 0]
    if not len(done):
        yield np.zeros((0, len(limits.counts)), np.int64)
    piece = (np.cumsum(width) - 1) // CHUNK
    for number in np.unique(piece):
        mine = piece == number
        rows = np.repeat(np.flatnonzero(mine), width[mine])
        starts = np.repeat(np.cumsum(width[mine]) - width[mine], width[mine])
        added = low[rows] + np.arange(len(rows)) - starts
        grown = limits.kept(np.column_stack((done[rows], added)))
        if len(grown):
            yield from _grow(limits, rng.permutation(grown), rng)
        else:
            yield np.zeros((0, len(limits.counts)), np.int64)


class _Limits:
    """What acc, uar, uf1 and wf1 demand of the classes that are chosen so far."""

    def __init__(self, counts: Ints, windows: Mapping[str, Window]):
        self.counts, self.clips = counts, int(counts.sum())
        self.right, self.recalls = right_clips(self.clips, windows.get("acc")), None
        if "uar" in windows:
            window, n = windows["uar"], len(counts)
            self.recalls = float(n * window.low) - SLACK, float(n * window.high) + SLACK
        self.f1 = [(weights(counts, n), windows[n]) for n in ("uf1", "wf1") if n in windows]

    def next_class(self, done: Ints) -> tuple[Ints, Ints]:
        """Returns the fewest and most right clips of the next class for each row of `done`."""
        at = done.shape[1]
        count, rest = self.counts[at], self.counts[at + 1 :]
        sums = done.sum(1)
        low = np.maximum(0, self.right[0] - sums - rest.sum())
        high = np.minimum(count, self.right[-1] - sums)
        if self.recalls is not None:
            recalls = (done / self.counts[:at]).sum(1)
            fewest = (self.recalls[0] - recalls - len(rest)) * count - SLACK
            low = np.maximum(low, np.ceil(fewest).astype(np.int64))
            most = np.floor((self.recalls[1] - recalls) * count + SLACK)
            high = np.minimum(high, most.astype(np.int64))
        return low, high

    def kept(self, done: Ints) -> Ints:
        """Drops the rows whose F1 is too low without a wrong prediction, or too high with all."""
        keep = np.ones(len(done), bool)
        at = done.shape[1]
        counts = self.counts[:at]
        for each, window in self.f1:
            best = (each[:at] * 2 * done / (counts + done)).sum(1) + each[at:].sum()
            worst = (each[:at] * 2 * done / (done + self.clips)).sum(1)
            keep &= (best >= float(window.low) - SLACK) & (worst <= float(window.high) + SLACK)
        return done[keep]


def right_clips(clips: int, window: Window | None) -> range:
    """Returns which numbers of right clips are printed as this accuracy; empty where none is."""
    if window is None:
        return range(clips + 1)
    return range(max(0, ceil(window.low * clips)), min(clips, floor(window.high * clips)) + 1)


def nearest_accuracies(clips: int, window: Window) -> list[int]:
    """Returns the numbers of right clips just below and just above a window that holds none."""
    near = floor(window.low * clips)
    return [count for count in (near, near + 1) if 0 <= count <= clips]


def nearest_uar(counts: Sequence[int], window: Window) -> list[tuple[int, ...]]:
    """Returns right clips of each class with the UAR just below and just above a window.

    [] where there are too many to look at.
    """
    half = len(counts) // 2
    if max(prod(part) for part in (counts[:half], counts[half:])) > MOST:
        return []
    left, right = (_recalls(part) for part in (counts[:half], counts[half:]))
    order = np.argsort(right[1])
    sums, n, found = right[1][order], len(counts), []
    for bound, sign in ((window.low, -1), (window.high, 1)):
        wanted = float(n * bound) + sign * SLACK - left[1]
        below = np.searchsorted(sums, wanted) - 1
        at = below if sign < 0 else np.searchsorted(sums, wanted, side="right")
        inside = (at >= 0) & (at < len(sums))
        if inside.any():
            rows = np.flatnonzero(inside)
            best = rows[np.argmin(sign * (left[1][rows] + sums[at[rows]]))]
            pair = (*left[0][best], *right[0][order[at[best]]])
            found.append(tuple(int(count) for count in pair))
    return found


def _recalls(counts: Sequence[int]) -> tuple[Ints, Floats]:
    """Returns all right clips of some classes [M, k] and the sums of their recalls [M]."""
    grid = np.indices([count + 1 for count in counts]).reshape(len(counts), -1).T
    return grid, (grid / np.array(counts)).sum(1)
