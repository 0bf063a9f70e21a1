"""What a face shows at a frame of the recording: the window, its class in words, its landmarks."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from mol_jax.predicting.result import Face, Window
from mol_jax.spotting.interval import Interval


def window_at(face: Face, frame: int) -> Window | None:
    """Returns the window that a frame is in; of several the one whose middle is nearest.

    Inside a spotted interval that is the interval's own. None where no window has the frame.
    """
    inside = interval_at(face, frame)
    if inside is not None and inside < len(face.of_intervals):
        return face.of_intervals[inside]
    around = [window for window in face.windows if window.first <= frame <= window.last]
    return min(around, key=lambda window: abs(window.first + window.last - 2 * frame), default=None)


def interval_at(face: Face, frame: int) -> int | None:
    """Returns the number of the interval that a frame is in, the surest of several."""
    around = [k for k, one in enumerate(face.intervals) if one.onset <= frame <= one.offset]
    return max(around, key=lambda k: face.intervals[k].score, default=None)


def class_of(window: Window, classes: Sequence[str]) -> str:
    """Returns the likeliest class and its probability: "surprise 71 %". "" for no probabilities."""
    if window.best is None or window.probabilities is None:
        return ""
    return f"{classes[window.best]} {100 * window.probabilities[window.best]:.0f} %"


def class_of_interval(face: Face, number: int, classes: Sequence[str]) -> str:
    """Returns the likeliest class of a spotted interval, as `class_of` does."""
    return class_of(face.of_intervals[number], classes) if number < len(face.of_intervals) else ""


def said_of_interval(face: Face, number: int, classes: Sequence[str]) -> str:
    """Returns the likeliest class of a spotted interval, or that something moves."""
    return class_of_interval(face, number, classes) or "something moves"


def spotted(face: Face) -> bool:
    """Tells whether somebody looked for intervals in a face."""
    return face.signal is not None or bool(face.intervals)


def words(face: Face, frame: int, times: np.ndarray, classes: Sequence[str]) -> str:
    """Returns what is said of a frame: the interval that it is in, or of which window.

    times: [N] s.
    """
    number, window = interval_at(face, frame), window_at(face, frame)
    if number is not None:
        one = face.intervals[number]
        said = said_of_interval(face, number, classes)
        return f"spotted: {said} ({seconds(times, one)})"
    if spotted(face):
        return "nothing spotted"
    return "" if window is None else f"window: {class_of(window, classes) or 'not classified'}"


def seconds(times: np.ndarray, one: Interval) -> str:
    """Writes when an interval is: "1.20–1.63 s"."""
    return f"{times[one.onset]:.2f}–{times[one.offset]:.2f} s"


@dataclasses.dataclass(frozen=True)
class Points:
    """Landmarks of a face at a frame, px of the recording.

    detected: float32 [68, 2]. found: whether the detector found them in this very frame; else they
    are filled in between others. predicted: [68, 2], None where the network predicts none here.
    """

    detected: np.ndarray
    found: bool
    predicted: np.ndarray | None


def points_at(face: Face, frame: int) -> Points | None:
    """Returns the landmarks at a frame; None where the face was not looked for, or is away.

    Those predicted are of the sampled frame of the current window that is nearest. Where that is
    another frame, they are carried along: each stands as far from the detector's as it did there.
    """
    at = frame - int(face.frames[0])
    if not (0 <= at < len(face.frames) and face.known[at]):
        return None
    return Points(face.landmarks[at], bool(face.found[at]), _predicted(face, frame))


def _predicted(face: Face, frame: int) -> np.ndarray | None:
    window = window_at(face, frame)
    if window is None or window.landmarks is None or not len(window.landmarks):
        return None
    nearest = int(np.abs(window.sampled[1:] - frame).argmin())
    first = int(face.frames[0])
    of = np.clip([window.sampled[1 + nearest] - first, frame - first], 0, len(face.frames) - 1)
    there, here = face.landmarks[of[0]], face.landmarks[of[1]]
    return window.landmarks[nearest] + (here - there)
