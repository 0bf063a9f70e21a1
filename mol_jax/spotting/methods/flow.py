"""Spots by optical flow: regions of the face that move there and back, beside the head.

After Wang et al., "A main directional maximal difference analysis for spotting facial movements
from long-term videos" (2017, MDMD), and Moilanen et al., "Spotting rapid facial movements from
videos using appearance-based feature difference analysis" (2014): a frame is compared with those
half a micro-expression before and after it; the difference is set against its surroundings and a
threshold. Here the two differences are vectors d⁻ and d⁺ of a region's flow, and what counts is

    s = (|d⁻ - d⁺| - |d⁻ + d⁺|) / 2

with d⁻ the motion into the frame and d⁺ the motion out of it: the length of a motion that comes
back, at most 0 for one that goes on, as a macro-expression's or a turn's does.
"""

import numpy as np

from mol_jax.spotting.interval import Interval
from mol_jax.spotting.methods import looks
from mol_jax.spotting.methods.contrast import in_noise, peaks, repeated
from mol_jax.spotting.methods.motion import Motion, between
from mol_jax.spotting.methods.regions import BROWS, EYES, REGIONS
from mol_jax.spotting.settings import Settings

GROUPS = np.array([region.group for region in REGIONS])


def by_flow(
    frames: np.ndarray, landmarks: np.ndarray, times: np.ndarray, settings: Settings
) -> tuple[list[Interval], np.ndarray]:
    """Returns the intervals, and the signal [n]: deviations above the recording's own noise."""
    instants, shown = looks.evenly(times, settings.rate)
    rate = (len(instants) - 1) / (instants[-1] - instants[0])
    half = max(1, round(settings.half * rate))
    if len(shown) <= 2 * half:
        return [], np.zeros(len(times), np.float32)
    pairs = [(int(shown[k - half]), int(shown[k])) for k in range(half, len(shown))]
    moved = between(frames, landmarks, pairs)
    strength, lengths = signals(moved, half, rate, settings)
    total = strength.max(axis=1)
    found = []
    for peak in peaks(total, settings.factor, round(settings.half * rate)):
        region = int(strength[peak].argmax())
        if lengths[peak, region] >= settings.least:
            bounds = _bounds(frames, landmarks, shown, (peak, region), rate, settings)
            found += [(*bounds, float(total[peak]))] if bounds else []
    signal = looks.at_frames(total, instants, times)
    return [Interval(*each) for each in found], signal


def signals(
    moved: Motion, half: int, rate: float, settings: Settings
) -> tuple[np.ndarray, np.ndarray]:
    """Returns how far each region's motion stands out, in deviations, and its length, each [m, R].

    moved: from every look to the one `half` looks later.
    """
    regions, lids, head = (
        looks.smoothed(each, settings.smooth, rate)
        for each in (moved.regions, moved.lids, moved.head[:, None])
    )
    lengths = there_and_back(regions, half)
    blink = np.maximum(there_and_back(lids, half), 0).mean(axis=1, keepdims=True)
    turn = np.maximum(there_and_back(head, half), 0)
    left = lengths - settings.turns * turn
    left = left - settings.blinks * blink * np.isin(GROUPS, (BROWS, EYES))
    beside, around = (round(each * rate) for each in (settings.beside, settings.around))
    again = repeated(left, GROUPS, beside, around)
    return in_noise(left - settings.repeats * again, settings.least / settings.factor), lengths


def there_and_back(motion: np.ndarray, half: int) -> np.ndarray:
    """Returns the length [m, R] of what moves into a look and back out of it.

    motion: [m - half, R, 2], from look k to k + half. The first and the last `half` looks are 0.
    """
    into, out = motion[:-half], motion[half:]
    back = np.linalg.norm(into - out, axis=-1) - np.linalg.norm(into + out, axis=-1)
    return np.pad(back / 2, ((half, half), (0, 0)))


def _bounds(
    frames: np.ndarray,
    landmarks: np.ndarray,
    shown: np.ndarray,
    at: tuple[int, int],
    rate: float,
    settings: Settings,
) -> tuple[int, int, int] | None:
    """Returns the frames of onset, apex and offset about a peak, None where they are too far apart.

    at: the look and the region of the peak. The region is followed from the look to those around
    it: its way along the main direction says how near to rest it is.
    """
    peak, region = at
    reach = round(settings.reach * rate)
    near = np.arange(max(0, peak - reach), min(len(shown), peak + reach + 1))
    way = between(frames, landmarks, [(int(shown[peak]), int(shown[k])) for k in near])
    away = looks.smoothed(way.regions[:, region], settings.smooth, rate)
    level = _level(away, int(peak - near[0]))
    apex = int(level.argmax())
    before, after = level[: apex + 1], level[apex:]
    ways = [float(np.ptp(side)) for side in (before, after)]
    low = [level[apex] - (1 - settings.share) * way for way in ways]
    onset = _first_below(before[::-1], low[0])
    offset = _first_below(after, low[1])
    lasts = (onset + offset) / rate
    quick = settings.shortest <= lasts <= settings.longest
    both = min(onset, offset) >= settings.shortest / 2 * rate
    if not (quick and both and min(ways) >= settings.back * max(ways)):
        return None
    first = near[0] + apex
    return int(shown[first - onset]), int(shown[first]), int(shown[first + offset])


def _level(away: np.ndarray, peak: int) -> np.ndarray:
    """Returns how far along its main direction a region is, [m], from its way [m, 2] from `peak`.

    The main direction is that of rest, before and after, to the peak.
    """
    sides = [
        part[np.linalg.norm(part, axis=1).argmax()] for part in (away[: peak + 1], away[peak:])
    ]
    direction = -np.sum(sides, axis=0)
    return away @ direction / max(float(np.linalg.norm(direction)), 1e-9)


def _first_below(level: np.ndarray, low: float) -> int:
    """Returns the first index at which a level is at most `low`, the last where none is."""
    below = np.flatnonzero(level <= low)
    return int(below[0]) if len(below) else len(level) - 1
