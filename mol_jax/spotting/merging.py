"""Intervals that are close to one another, made one."""

import numpy as np

from mol_jax.spotting.interval import Interval


def merged(intervals: list[Interval], times: np.ndarray, apart: float) -> tuple[Interval, ...]:
    """Returns intervals in the order of time; those closer than `apart` s are one.

    The apex and the score are the surer one's.
    """
    kept: list[Interval] = []
    for each in sorted(intervals, key=lambda one: (one.onset, one.offset)):
        if kept and times[each.onset] - times[kept[-1].offset] < apart:
            pair = (kept.pop(), each)
            surer = max(pair, key=lambda one: one.score)
            offset = max(one.offset for one in pair)
            kept.append(Interval(pair[0].onset, surer.apex, offset, surer.score))
        else:
            kept.append(each)
    return tuple(kept)
