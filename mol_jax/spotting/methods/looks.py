"""Which frames of a recording are looked at, and signals between them."""

import numpy as np
from scipy.ndimage import gaussian_filter1d

from mol_jax.errors import UserError


def evenly(times: np.ndarray, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Returns even instants [m] s, at most `rate` a second, and the frame nearest to each, [m].

    A recording of fewer frames a second than `rate` has as many looks as frames, on average: a
    frame rate that varies gives even looks all the same.
    """
    last = float(times[-1] - times[0])
    usual = (len(times) - 1) / last
    rate = min(rate, usual)
    instants = times[0] + np.arange(int(np.floor(last * rate + 1e-6)) + 1) / rate
    after = np.clip(np.searchsorted(times, instants), 1, len(times) - 1)
    before = after - (instants - times[after - 1] < times[after] - instants)
    return instants, before.astype(int)


def check(frames: np.ndarray, landmarks: np.ndarray, times: np.ndarray) -> None:
    """Raises UserError for what is no recording of one face."""
    count = len(frames)
    if frames.ndim != 3 or frames.dtype != np.uint8:
        raise UserError(
            f"frames are {frames.dtype} of shape {frames.shape}; expected grey uint8 [n, S, S]"
        )
    if landmarks.shape != (count, 68, 2) or not np.isfinite(landmarks).all():
        raise UserError(
            f"landmarks have shape {landmarks.shape}; expected finite numbers of shape "
            f"({count}, 68, 2), one row a frame"
        )
    if times.shape != (count,) or not np.isfinite(times).all() or (np.diff(times) <= 0).any():
        raise UserError(
            f"times have shape {times.shape}; expected {count} ascending seconds, one a frame"
        )


def smoothed(signal: np.ndarray, seconds: float, rate: float) -> np.ndarray:
    """Returns a signal [m, ...] averaged over time by a Gaussian of so many seconds."""
    return gaussian_filter1d(signal, seconds * rate, axis=0, mode="nearest")


def at_frames(signal: np.ndarray, instants: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Returns a signal of looks [m] at every frame [n], float32."""
    return np.interp(times, instants, signal).astype(np.float32)
