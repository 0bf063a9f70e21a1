"""Spots by frequency: what of the face's pixels goes as quickly as a micro-expression.

Li et al., "Can micro-expression be recognized based on single apex frame?" (2018), find an apex by
the high frequencies of a clip's blocks. A long recording has more than one, and more than noise is
slow in it: here every pixel is band-passed over time to what rises and falls once in the time of a
micro-expression, and a region's signal is the root mean square of its pixels.
"""

import cv2
import numpy as np
from scipy.signal import butter, sosfiltfilt

from mol_jax.spotting.interval import Interval
from mol_jax.spotting.methods import looks
from mol_jax.spotting.methods.contrast import in_noise, peaks, repeated
from mol_jax.spotting.methods.regions import (
    BROWS,
    EYES,
    LIDS,
    RADIUS,
    REGIONS,
    RIGID,
    centres,
    eye_span,
    means,
)  # fmt: skip
from mol_jax.spotting.settings import Settings

EVERY = (*REGIONS, *LIDS, *RIGID)
GROUPS = np.array([region.group for region in REGIONS])
EVEN = 0.2  # of the face's side: deviation of the Gaussian that takes the light out
NYQUIST = 0.45  # of the rate: the highest frequency of the band, at most
LEAST = 0.004  # of contrast: what changes less than a grey level of 255 is never spotted


def by_frequency(
    frames: np.ndarray, landmarks: np.ndarray, times: np.ndarray, settings: Settings
) -> tuple[list[Interval], np.ndarray]:
    """Returns the intervals, and the signal [n]: deviations above the recording's own noise."""
    instants, shown = looks.evenly(times, settings.rate)
    rate = (len(instants) - 1) / (instants[-1] - instants[0])
    half = max(1, round(settings.half * rate))
    if len(shown) <= 4 * half or _highest(rate, settings) <= settings.low:
        return [], np.zeros(len(times), np.float32)
    energy = energies(frames[shown], landmarks[shown], rate, settings)
    strength = signals(energy, rate, settings)
    total = strength.max(axis=1)
    found = []
    for peak in peaks(total, settings.often, half):
        # Of the regions that stand out, where most happens: the quietest has the widest envelope.
        region = int(
            np.where(strength[peak] >= settings.often, energy[peak, : len(REGIONS)], 0).argmax()
        )
        bounds = _bounds(energy[:, region], peak, rate, settings)
        if bounds and energy[peak, region] >= LEAST:
            onset, apex, offset = (int(shown[k]) for k in bounds)
            found.append(Interval(onset, apex, offset, float(total[peak])))
    return found, looks.at_frames(total, instants, times)


def energies(
    frames: np.ndarray, landmarks: np.ndarray, rate: float, settings: Settings
) -> np.ndarray:
    """Returns the root mean square of the band-passed pixels of `EVERY` region, [m, R].

    A pixel is the logarithm of its light beside that of its surroundings, so that a lamp that is
    turned up changes nothing.
    """
    small = np.stack([_even(frame, settings.side) for frame in frames])
    band = (settings.low, _highest(rate, settings))
    sos = butter(settings.order, band, "bandpass", fs=rate, output="sos")
    quick = sosfiltfilt(sos, small, axis=0, padlen=min(len(small) - 1, round(rate)))
    power = (quick**2).astype(np.float32)
    shrunk = (settings.side - 1) / (frames.shape[1] - 1)
    points = landmarks.astype(np.float64) * shrunk
    found = [
        means(each[..., None], centres(at, EVERY), RADIUS * float(eye_span(at)))[:, 0]
        for each, at in zip(power, points, strict=True)
    ]
    return np.sqrt(np.maximum(looks.smoothed(np.array(found), settings.half / 3, rate), 0))


def _highest(rate: float, settings: Settings) -> float:
    """Returns the upper end of the band, Hz: below half the rate, which is all that is seen."""
    return min(settings.high, NYQUIST * rate)


def signals(energy: np.ndarray, rate: float, settings: Settings) -> np.ndarray:
    """Returns how far each region's energy [m, R of EVERY] stands out, in deviations, [m, R]."""
    count = len(REGIONS)
    regions, lids = energy[:, :count], energy[:, count : count + len(LIDS)]
    still = np.median(energy[:, count + len(LIDS) :], axis=1, keepdims=True)
    left = regions - settings.shared * still
    left = left - settings.winks * lids.mean(axis=1, keepdims=True) * np.isin(GROUPS, (BROWS, EYES))
    beside, around = (round(each * rate) for each in (settings.beside, settings.around))
    again = repeated(left, GROUPS, beside, around)
    return in_noise(left - settings.repeats * again, LEAST / settings.often)


def _even(frame: np.ndarray, side: int) -> np.ndarray:
    """Returns a frame small, the logarithm of its light beside its surroundings', [side, side]."""
    small = cv2.resize(frame, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
    light = np.log1p(small)
    return light - cv2.GaussianBlur(light, (0, 0), EVEN * side, borderType=cv2.BORDER_REPLICATE)


def _bounds(
    envelope: np.ndarray, peak: int, rate: float, settings: Settings
) -> tuple[int, int, int] | None:
    """Returns the looks where an envelope [m] falls to a share of its peak, None if too far."""
    low = settings.ends * envelope[peak]
    onset = peak
    while onset > 0 and envelope[onset] > low:
        onset -= 1
    offset = peak
    while offset < len(envelope) - 1 and envelope[offset] > low:
        offset += 1
    lasts = (offset - onset) / rate
    return (onset, peak, offset) if settings.shortest <= lasts <= settings.longest else None
