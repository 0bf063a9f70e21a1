"""When something happens in each face by the learned spotter: its probability over time."""

from collections.abc import Iterable, Sequence

import numpy as np

from mol_jax.errors import UserError
from mol_jax.predicting import features, learned
from mol_jax.predicting.learned import Learned
from mol_jax.predicting.models.model import Model
from mol_jax.predicting.reading.following import Followed
from mol_jax.predicting.reading.recording import Frames
from mol_jax.predicting.showing import Stretch
from mol_jax.spotting.interval import Interval
from mol_jax.spotting.methods.contrast import peaks
from mol_jax.spotting.methods.merging import merged
from mol_jax.spotting.settings import USUAL


class LearnedWatch:
    """Spots in every stretch of every face, before anything else is shown: it reads for itself.

    intervals: of each face, in frames of the recording. signals: float32 [n] of each face, the
    probability, 0 where no window is.
    """

    def __init__(
        self,
        model: Model,
        frames: Frames,
        faces: Sequence[Followed],
        spotter: Learned,
    ):
        """spotter: of the model's run. Raises UserError where it has other features."""
        shown = features.of_windows(model, frames, faces, spotter.duration, spotter.stride)
        if shown.stretches and shown.values.shape[1] != len(spotter.weights):
            raise UserError(
                f"the learned spotter has {len(spotter.weights)} features and the models make "
                f"{shown.values.shape[1]}: {learned.MAKES.format(model.about.run)} anew"
            )
        chances = spotter.probability(shown.values) if shown.stretches else np.zeros(0)
        self.intervals: list[list[Interval]] = []
        self.signals: list[np.ndarray] = []
        times = frames.recording.times
        for number, face in enumerate(faces):
            own = [
                (one, chance)
                for one, chance in zip(shown.stretches, chances, strict=True)
                if one.face == number
            ]
            signal, spotted = _of_face(face, own, times, spotter.threshold)
            self.signals.append(signal)
            self.intervals.append(spotted)

    def through(self, images: Iterable[np.ndarray]) -> Iterable[np.ndarray]:
        """Returns the images: it has seen them."""
        return images


def _of_face(
    face: Followed, own: Sequence[tuple[Stretch, float]], times: np.ndarray, threshold: float
) -> tuple[np.ndarray, list[Interval]]:
    """Returns the signal [n] of a face of which these are the windows, and what is spotted."""
    signal, spotted = np.zeros(len(face.frames), np.float32), list[Interval]()
    for first, last in face.stretches:
        start, end = int(face.frames[first]), int(face.frames[last])
        inside = [pair for pair in own if start <= pair[0].first and pair[0].last <= end]
        if not inside:
            continue
        here = times[start : end + 1]
        middles = np.array([_middle(times, one) for one, _ in inside])
        part = over_time(here, middles, np.array([chance for _, chance in inside]))
        signal[first : last + 1] = part
        for one in intervals(part, here, threshold):
            onset, apex, offset = (start + at for at in (one.onset, one.apex, one.offset))
            spotted.append(Interval(onset, apex, offset, one.score))
    return signal, spotted


def _middle(times: np.ndarray, window: Stretch) -> float:
    return float(times[window.first] + times[window.last]) / 2


def over_time(times: np.ndarray, middles: np.ndarray, chances: np.ndarray) -> np.ndarray:
    """Returns the probability [n] at `times`, between the middles of windows along lines."""
    order = np.argsort(middles)
    return np.interp(times, middles[order], chances[order])


def intervals(signal: np.ndarray, times: np.ndarray, threshold: float) -> tuple[Interval, ...]:
    """Returns where a probability [n] stays at or above a threshold, from each of its peaks.

    Those that are close are one; what is shorter or longer than a micro-expression is left out.
    """
    found = []
    for apex in peaks(signal, threshold, 1):
        low = np.flatnonzero(signal[:apex] < threshold)
        high = np.flatnonzero(signal[apex:] < threshold)
        onset = int(low[-1]) + 1 if len(low) else 0
        offset = apex + int(high[0]) - 1 if len(high) else len(signal) - 1
        found.append(Interval(onset, apex, offset, float(signal[apex])))
    joined = merged(found, times, USUAL.apart, USUAL.longest)
    return tuple(
        one
        for one in joined
        if USUAL.shortest <= times[one.offset] - times[one.onset] <= USUAL.longest
    )
