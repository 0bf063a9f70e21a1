"""Can figures as they are printed come from one prediction per video? An exact search.

Given the clips of each class, accuracy and UAR depend on how many of each are right, uf1 and wf1
also on how often each class is said. Both are searched in whole numbers; floats only rule out, with
a margin, and what is found is checked in fractions. No matrix is overlooked with up to 5 classes;
with more, or out of time, the answer may be that it is not decided.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from mol_jax.scoring.feasible.right_clips import SLACK, Floats, Ints, Window, diagonals, weights
from mol_jax.scoring.feasible.wrong_clips import (
    FREE,
    greatest,
    least,
    matrix_of,
    some_spread,
    spreads,
)

SECONDS = 10.0
F1S = ("uf1", "wf1")


@dataclass
class Answer:
    """What a search found.

    matrix: a confusion matrix with the figures, rows true, None if there is none. decided: False
    where the search ended before it could tell. below, above: with one of uf1 and wf1, its nearest
    values outside the window that the other figures allow; None where there are none, and both
    None where the search ended before it could tell.
    """

    matrix: Ints | None = None
    decided: bool = True
    below: float | None = None
    above: float | None = None

    def outside(self, *, below: Floats | None = None, above: Floats | None = None) -> None:
        """Takes note of values that can be reached."""
        if below is not None and below.size:
            self.below = max(float(below.max()), self.below or 0.0)
        if above is not None and above.size:
            self.above = min(float(above.min()), 1.0 if self.above is None else self.above)


@dataclass
class _Search:
    """The classes in ascending order of their clips, and what is demanded of them."""

    counts: Ints
    windows: Mapping[str, Window]
    deadline: float
    margin: float = 0.0  # how far beside the windows of uf1 and wf1 values are looked at too
    answer: Answer = field(default_factory=Answer)

    def __post_init__(self):
        self.f1 = [(weights(self.counts, n), self.windows[n]) for n in F1S if n in self.windows]

    def run(self) -> Ints | None:
        """Returns right clips and spread [2, K] that give the figures, None if there are none."""
        wide = {n: w.widened(self.margin * (n in F1S)) for n, w in self.windows.items()}
        for rows in diagonals(self.counts, wide):
            for right in self._hopeful(rows):
                for spread in self._spreads(right):
                    if self._holds(right, spread):
                        return np.stack((right, spread))
                if self._late():
                    return None
                if self.f1 and len(self.counts) > FREE:
                    self.answer.decided = False  # not all spreads of this one were seen
            if self._late():
                return None
        return None

    def _late(self) -> bool:
        """Tells whether the time is up; nothing is decided then."""
        late = time.monotonic() > self.deadline
        self.answer.decided &= not late
        return late

    def _hopeful(self, rows: Ints) -> Ints:
        """Returns the rows whose bounds meet every window, the most central ones first."""
        room = np.full(len(rows), np.inf)
        for weight, window in self.f1:
            low, high = (bound(self.counts, rows, weight) for bound in (least, greatest))
            if len(self.f1) == 1:
                under, over = high < float(window.low), low > float(window.high)
                self.answer.outside(below=high[under], above=low[over])
            middle = float(window.low + window.high) / 2
            reach = float(window.high - window.low) / 2 + SLACK
            room = np.minimum(room, np.minimum(high - middle, middle - low) + reach)
        return rows[room >= 0][np.argsort(-room[room >= 0], kind="stable")]

    def _spreads(self, right: Ints) -> Iterator[Ints]:
        """Yields the spreads of the errors whose F1 scores lie in their windows, or nearly so."""
        if not self.f1:
            yield some_spread(self.counts - right)
            return
        for left, rest in spreads(self.counts - right):
            if self._late():
                return
            k = left.shape[1]
            values = [
                (self._f1(weight, right, left, 0), self._f1(weight, right, rest, k))
                for weight, _ in self.f1
            ]
            yield from (np.concatenate((left[a], rest[b])) for a, b in self._pairs(values))

    def _f1(self, weight: Floats, right: Ints, spread: Ints, first: int) -> Floats:
        """Returns what some classes, from `first` on, add to an F1: [P] for spreads [P, k]."""
        of = slice(first, first + spread.shape[1])
        gain = 2 * weight[of] * right[of]
        return (gain / (self.counts[of] + right[of] + spread)).sum(1)

    def _pairs(self, values: Sequence[tuple[Floats, Floats]]) -> Iterator[tuple[int, int]]:
        """Yields the pairs whose sums lie in the windows, by looking each up in a sorted list."""
        (left, rest), window = values[0], self.f1[0][1]
        order = np.argsort(rest)
        known = rest[order]
        start = np.searchsorted(known, float(window.low) - SLACK - left)
        stop = np.searchsorted(known, float(window.high) + SLACK - left, side="right")
        if len(self.f1) == 1:
            under, over = start > 0, stop < len(known)
            self.answer.outside(
                below=left[under] + known[start[under] - 1], above=left[over] + known[stop[over]]
            )
        for a in np.flatnonzero(stop > start):
            found = order[start[a] : stop[a]]
            for (more_left, more_rest), (_, other) in zip(values[1:], self.f1[1:], strict=True):
                sums = more_left[a] + more_rest[found]
                keep = sums >= float(other.low) - SLACK
                found = found[keep & (sums <= float(other.high) + SLACK)]
            yield from ((int(a), int(b)) for b in found)

    def _holds(self, right: Ints, spread: Ints) -> bool:
        found = exact_scores(self.counts, right, spread)
        return all(window.holds(found[name]) for name, window in self.windows.items())


def search(
    counts: Sequence[int], windows: Mapping[str, Window], *, seconds: float = SECONDS
) -> Answer:
    """Looks for a confusion matrix of clips per class `counts` whose scores lie in all windows.

    windows: of acc, uar, uf1 and wf1, or of some of them.
    """
    ascending = np.argsort(counts, kind="stable")
    ordered, deadline = np.asarray(counts, np.int64)[ascending], time.monotonic() + seconds
    near = sum(name in F1S for name in windows) == 1
    for margin in (0.0, 0.01, 0.1, 1.0) if near else (0.0,):
        work = _Search(ordered, windows, deadline, margin)
        found = work.run()
        if margin == 0.0:
            answer = work.answer
        sure = work.answer.decided
        answer.below, answer.above = (
            (work.answer.below, work.answer.above) if sure else (None, None)
        )
        if found is not None or not sure or (near and _nearest(answer, windows, margin)):
            break
    if found is not None:
        back = np.argsort(ascending)
        right, spread = found[:, back]
        answer.matrix = matrix_of(right, np.asarray(counts, np.int64) - right, spread)
    return answer


def _nearest(answer: Answer, windows: Mapping[str, Window], margin: float) -> bool:
    """Tells whether no value is nearer than those found: matrices within the margin were seen."""
    (window,) = (windows[name] for name in F1S if name in windows)
    return (
        answer.below is not None
        and answer.above is not None
        and float(window.low) - answer.below <= margin
        and answer.above - float(window.high) <= margin
    )


def exact_scores(counts: Ints, right: Ints, spread: Ints) -> dict[str, Fraction]:
    """Returns acc, uar, uf1 and wf1 as fractions."""
    clips = [int(count) for count in counts]
    n, k = sum(clips), len(clips)
    pairs = [(int(d), int(q)) for d, q in zip(right, spread, strict=True)]
    f1 = [Fraction(2 * d, c + d + q) for c, (d, q) in zip(clips, pairs, strict=True)]
    return {
        "acc": Fraction(sum(d for d, _ in pairs), n),
        "uar": sum((Fraction(d, c) for c, (d, _) in zip(clips, pairs, strict=True)), Fraction())
        / k,
        "uf1": sum(f1, Fraction()) / k,
        "wf1": sum((c * value for c, value in zip(clips, f1, strict=True)), Fraction()) / n,
    }
