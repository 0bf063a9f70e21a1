"""Key frames of a spotted interval as one small picture: its onset, its apex, the flow between."""

import dataclasses
from pathlib import Path

import cv2
import numpy as np

from data_builders.records.gallery import SLOWEST, flow_wheel
from mol_jax.files.whole import write_bytes
from mol_jax.predicting.result import Face, Window
from mol_jax.predicting.shown import flow_layer
from mol_jax.predicting.shown.overlay import Pictures
from mol_jax.spotting.interval import Interval

SIDE, WHEEL = 224, 56  # px: of a picture, and of the colour wheel in its corner
AROUND = 1.6  # the side of what is shown by the longer side of the box of the landmarks


@dataclasses.dataclass(frozen=True)
class KeyFrames:
    """The picture, and what stands below it. path: PNG. most: px of the recording, the wheel's rim;
    None where no flow is predicted. until: the frame that the flow leads to.
    """

    path: Path
    most: float | None
    until: int | None


def write(path: Path, frames: Pictures, face: Face, number: int) -> KeyFrames:
    """Writes the key frames of an interval of a face side by side."""
    one = face.intervals[number]
    onset, apex = frames.picture(one.onset), frames.picture(one.apex)
    cut = _cut(face, one)
    pieces = [_shown(onset, cut), _shown(apex, cut)]
    window = face.of_intervals[number] if number < len(face.of_intervals) else None
    most = until = None
    if window is not None and window.flow is not None and len(window.flow):
        flow, until = to_apex(window, one.apex)
        lengths = np.linalg.norm(flow_layer.in_recording(flow, window.to_crop[0]), axis=-1)
        most = max(SLOWEST, float(np.quantile(lengths, 0.99)))
        size = frames.recording.size
        colours = flow_layer.layer(flow, window.to_crop[0], size, most)
        coloured = onset.copy()
        if colours is not None:
            colours.laid_onto(coloured)
        pieces.append(_with_wheel(_shown(coloured, cut)))
    data = cv2.imencode(".png", np.hstack(pieces)[..., ::-1])[1]
    write_bytes(path, data.tobytes())
    return KeyFrames(path, most, until)


def to_apex(window: Window, apex: int) -> tuple[np.ndarray, int]:
    """Returns the flow [H, W, 2], px of the crop, to the sampled frame nearest the apex, and that.

    Flows of pairs are added up where they stand: exact for flow that does not change over a few px.
    Where each frame is aligned by itself that is the motion within the face.
    """
    assert window.flow is not None
    last = max(1, int(np.abs(window.sampled - apex).argmin()))
    return window.flow[:last].sum(axis=0), int(window.sampled[last])


def _cut(face: Face, one: Interval) -> np.ndarray:
    """Returns the transform [2, 3] from px of the recording to those of what is shown."""
    at = np.clip([one.onset - face.frames[0], one.apex - face.frames[0]], 0, len(face.frames) - 1)
    points = face.landmarks[at].reshape(-1, 2)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = SIDE / max(AROUND * float((high - low).max()), 1.0)
    middle = (low + high) / 2 - [0, 0.08 * (high - low)[1]]  # landmarks have no forehead
    return np.column_stack([scale * np.eye(2), (SIDE - 1) / 2 - scale * middle])


def _shown(picture: np.ndarray, cut: np.ndarray) -> np.ndarray:
    how = cv2.INTER_AREA if cut[0, 0] < 1 else cv2.INTER_CUBIC
    return cv2.warpAffine(picture, cut, (SIDE, SIDE), flags=how, borderMode=cv2.BORDER_REPLICATE)


def _with_wheel(picture: np.ndarray) -> np.ndarray:
    """Returns the picture with the colour wheel in its lower right corner."""
    wheel = flow_wheel(WHEEL)[..., ::-1]
    part = picture[-WHEEL:, -WHEEL:]
    part[:] = np.where(wheel.any(axis=-1, keepdims=True), wheel, part)
    return picture
