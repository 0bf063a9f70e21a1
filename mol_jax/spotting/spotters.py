"""Spotting: the intervals of a recorded face that hold something like a micro-expression."""

import dataclasses
from collections.abc import Callable

import numpy as np

from mol_jax.errors import UserError
from mol_jax.spotting.interval import Interval
from mol_jax.spotting.methods import looks
from mol_jax.spotting.methods.flow import by_flow
from mol_jax.spotting.methods.frequency import by_frequency
from mol_jax.spotting.methods.merging import merged
from mol_jax.spotting.settings import METHODS, USUAL, Settings

# frames, landmarks, times, settings → intervals in any order, signal [n]
Spotter = Callable[
    [np.ndarray, np.ndarray, np.ndarray, Settings], tuple[list[Interval], np.ndarray]
]
SPOTTERS: dict[str, Spotter] = dict(zip(METHODS, (by_flow, by_frequency), strict=True))
FEWEST = 3  # frames, and looks


@dataclasses.dataclass(frozen=True)
class Spotted:
    """What was spotted. intervals: in the order of time, apart; indices are of the frames given.

    signal: float32 [n], what they were spotted by: deviations above the recording's own noise.
    """

    intervals: tuple[Interval, ...]
    signal: np.ndarray


def spot(
    method: str,
    frames: np.ndarray,
    landmarks: np.ndarray,
    times: np.ndarray,
    *,
    settings: Settings = USUAL,
) -> Spotted:
    """Spots micro-expressions in a recording of one face, by one of `SPOTTERS`.

    Nothing is found where nothing moves, nor in a recording too short to hold what lasts twice
    `settings.half`.

    Args:
      method: "flow" or "frequency".
      frames: grey uint8 [n, S, S], aligned to the face, once or frame by frame.
      landmarks: float [n, 68, 2], (x, y) px of the aligned frames.
      times: [n] s, ascending; the rate may vary.
      settings: constants; all but tests take the usual ones.

    Raises:
      UserError: for a method that there is not, or frames, landmarks and times that do not fit.
    """
    if method not in SPOTTERS:
        raise UserError(f"spotter is {method!r}; expected one of {', '.join(SPOTTERS)}")
    times = np.asarray(times, np.float64)
    looks.check(frames, landmarks, times)
    if len(frames) < FEWEST or (times[-1] - times[0]) * settings.rate < FEWEST - 1:
        return Spotted((), np.zeros(len(frames), np.float32))
    found, signal = SPOTTERS[method](frames, landmarks, times, settings)
    return Spotted(merged(found, times, settings.apart, settings.longest), signal)
