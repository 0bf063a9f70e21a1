"""What is predicted of a recording: plain arrays, of which tables, videos and pages are made.

N is the number of frames of a recording, n those of a face, t the frames that the network sees, c
the classes. Pixels are those of the recording as it is shown (turned upright), (x, y), integers at
the centres.
"""

import dataclasses
from pathlib import Path

import numpy as np

from mol_jax.spotting.interval import Interval


@dataclasses.dataclass(frozen=True)
class Recording:
    """What was read. times: float64 [N], s from the first frame. size: width, height in px."""

    source: Path | int
    times: np.ndarray
    size: tuple[int, int]
    notes: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Window:
    """A stretch of a face that the network was shown, and what it says of it.

    first, last: frames of the recording, both inside. sampled: int [t], the frames shown.
    probabilities: float32 [c], calibrated means over the run's models; None where it does not
    classify. spread: float32 [c], standard deviation over the models. landmarks: float32
    [t-1, 68, 2], predicted of sampled frames 1…t−1, px of the recording; flow: float32
    [t-1, H, W, 2], predicted, px of the crop; None where the network has none. to_crop: float64
    [t, 2, 3], takes px of the recording to px of the crop of H×W, of each sampled frame: they
    differ where each frame is aligned by itself. Flow k lies in the crop of sampled frame k.
    mean_flow: the mean length of the flow, px of the crop, also where flow itself is None for want
    of memory.
    """

    first: int
    last: int
    sampled: np.ndarray
    probabilities: np.ndarray | None
    spread: np.ndarray | None
    to_crop: np.ndarray
    landmarks: np.ndarray | None = None
    flow: np.ndarray | None = None
    mean_flow: float | None = None

    @property
    def best(self) -> int | None:
        """The likeliest class; None where it does not classify."""
        return None if self.probabilities is None else int(self.probabilities.argmax())


@dataclasses.dataclass(frozen=True)
class Face:
    """One face, followed. number: 0 is the most prominent.

    frames: int [n], where in the recording it was looked at, ascending, without a gap. landmarks:
    float32 [n, 68, 2], of the detector, px of the recording. found: bool [n], False where they are
    filled in between frames. windows: in the order of time. intervals: what was spotted, their
    indices frames of the recording. signal: float32 [n], what they were spotted by; None where
    nothing was spotted for. of_intervals: for each interval what the network says of it, shown
    as a clip from its onset to its offset. stretches: the first and last index into the n of each
    stretch without a cut or a long gap; () for one over all of them.
    """

    number: int
    frames: np.ndarray
    landmarks: np.ndarray
    found: np.ndarray
    windows: tuple[Window, ...]
    intervals: tuple[Interval, ...] = ()
    signal: np.ndarray | None = None
    of_intervals: tuple[Window, ...] = ()
    stretches: tuple[tuple[int, int], ...] = ()

    @property
    def known(self) -> np.ndarray:
        """Whether landmarks mean something, bool [n]: not where the face is away for long."""
        known = np.full(len(self.frames), not self.stretches)
        for first, last in self.stretches:
            known[first : last + 1] = True
        return known


@dataclasses.dataclass(frozen=True)
class About:
    """What a reader must know of the run that predicts.

    run: its workdir. network, view: "mol", "casme2/3class". classes: [c]. score: one line, the
    run's measured score with its interval and the floor; says so where there is none. models: how
    many are averaged. temperature: of the calibration; None where it is not calibrated. generated:
    whether it has seen drawn faces only. false_alarms: one line of the spotter, "" where none.
    """

    run: Path
    network: str
    view: str
    classes: tuple[str, ...]
    score: str
    models: int
    temperature: float | None
    generated: bool
    false_alarms: str = ""


@dataclasses.dataclass(frozen=True)
class Result:
    """What is predicted of a recording. real_time: seconds that it took by seconds it lasts."""

    about: About
    recording: Recording
    faces: tuple[Face, ...]
    duration: float
    stride: float
    real_time: float
