"""Intervals that are close to one another, made one."""

import numpy as np

from mol_jax.spotting.interval import Interval

ROUNDING = 1e-6  # s: what lasts as long as is allowed is not too long


def merged(
    intervals: list[Interval], times: np.ndarray, apart: float, longest: float
) -> tuple[Interval, ...]:
    """Returns intervals in the order of time; of those closer than `apart` s one is left.

    It lasts from the first onset to the last offset, with the apex and the score of the surer one.
    Where that is more than `longest` s, they are not one short motion: the surer one is left.
    """
    kept: list[Interval] = []
    for each in sorted(intervals, key=lambda one: (one.onset, one.offset)):
        if kept and times[each.onset] - times[kept[-1].offset] < apart:
            pair = (kept.pop(), each)
            surer = max(pair, key=lambda one: one.score)
            onset, offset = pair[0].onset, max(one.offset for one in pair)
            short = times[offset] - times[onset] <= longest + ROUNDING
            kept.append(Interval(onset, surer.apex, offset, surer.score) if short else surer)
        else:
            kept.append(each)
    return tuple(kept)
