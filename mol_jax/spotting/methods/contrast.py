"""What stands out of a signal: from its own surroundings, and from the recording's noise."""

import numpy as np
from scipy.ndimage import maximum_filter1d
from scipy.signal import find_peaks

from mol_jax.spotting.methods.regions import MOUTH

NORMAL = 1.4826  # median absolute deviations to the standard deviation of a normal distribution


def surroundings(signal: np.ndarray, beside: int, around: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the largest value of [m, R] from `beside` to `around` looks before, and after, each.

    What happens again and again is not quiet about it; what happens once is, on one side at least.
    """
    width = max(1, around - beside)
    highest = maximum_filter1d(np.maximum(signal, 0), 2 * (width // 2) + 1, axis=0, mode="constant")
    shift = beside + width // 2
    padded = np.pad(highest, ((shift, shift), (0, 0)))
    return padded[: len(signal)], padded[2 * shift :]


def repeated(signal: np.ndarray, groups: np.ndarray, beside: int, around: int) -> np.ndarray:
    """Returns how strong what happens about each look is, [m, R], in the regions of its group.

    One quiet side is enough: an expression may follow another. Not for a mouth, which may speak on
    when it has just spoken.
    """
    again = np.zeros_like(signal)
    for group in set(groups.tolist()):
        of = group == groups
        sides = surroundings(signal[:, of].max(axis=1, keepdims=True), beside, around)
        again[:, of] = (np.maximum if group == MOUTH else np.minimum)(*sides)
    return again


def in_noise(signal: np.ndarray, least: float) -> np.ndarray:
    """Returns how many deviations a signal [m, R] is above its median, per column.

    The deviation is that of the median, which half a recording of events does not move, and never
    less than `least`.
    """
    middle = np.median(signal, axis=0)
    spread = NORMAL * np.median(np.abs(signal - middle), axis=0)
    return (signal - middle) / np.maximum(spread, least)


def peaks(signal: np.ndarray, threshold: float, apart: int) -> list[int]:
    """Returns the looks where a signal [m] has a peak above the threshold, ascending."""
    found, _ = find_peaks(np.pad(signal, 1), height=threshold, distance=max(1, apart))
    return (found - 1).tolist()
