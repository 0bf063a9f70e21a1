"""The annotated video: a recording with landmarks, flow, probabilities and spotted intervals."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from rich.console import Console

from mol_jax.predicting.result import Face, Recording, Result
from mol_jax.predicting.shown import film, flow_layer, landmark_marks, shown_now
from mol_jax.predicting.shown.colours import INK, rgb
from mol_jax.predicting.shown.flow_layer import Layer
from mol_jax.predicting.shown.foot import Foot
from mol_jax.terminal import out
from mol_jax.terminal.progress import progress

NARROWEST, LARGEST = 480, 1920  # px: narrower pictures are enlarged, longer sides made smaller
PER_LETTER = 800  # px of width for each time that letters are enlarged


class Pictures(Protocol):
    """A recording's pictures by their number: RGB uint8 [H, W, 3], upright."""

    recording: Recording

    def picture(self, index: int) -> np.ndarray:
        """Returns a picture."""


def write_video(
    result: Result, frames: Pictures, path: Path, *, console: Console | None = None
) -> None:
    """Writes a recording with what is predicted of it as an mp4, each picture at its own time.

    console: for progress; where there is none, that of errors.

    Raises UserError where the file cannot be written, or a picture can no longer be read.
    """
    times = result.recording.times
    with progress(console or out.console(stderr=True)) as bar:
        shown = bar.track(pictures(result, frames), total=len(times), description="video")
        film.write(path, shown, times)


def pictures(result: Result, frames: Pictures) -> Iterator[np.ndarray]:
    """Yields every picture of the annotated video, uint8 [H, W, 3] RGB."""
    annotated = Annotated(result)
    for index in range(len(result.recording.times)):
        yield annotated.picture(frames.picture(index), index)


class Annotated:
    """The pictures of one annotated video. scale: by how much the recording is enlarged."""

    def __init__(self, result: Result):
        self._result = result
        width, height = result.recording.size
        self.scale = _scale(width, height)
        self._size = (max(2, round(width * self.scale)), max(2, round(height * self.scale)))
        has_flow = any(
            window.flow is not None
            for face in result.faces
            for window in (*face.windows, *face.of_intervals)
        )
        self._most = flow_layer.longest(result.faces) if has_flow else None
        self._layers: dict[int, tuple[tuple[int, int], Layer | None]] = {}
        times = max(1, round(self._size[0] / PER_LETTER))
        self._foot = Foot(result, self._size[0], times, self._most)

    def picture(self, shown: np.ndarray, frame: int) -> np.ndarray:
        """Returns a picture of the recording, uint8 [H, W, 3] RGB, with all that is said of it."""
        return np.concatenate([self.face_part(shown, frame), self._foot.at(frame)])

    def face_part(self, shown: np.ndarray, frame: int) -> np.ndarray:
        """Returns the picture with landmarks and flow, without what stands below it."""
        marked = shown.copy()
        for number in range(len(self._result.faces)):
            colours = self._flow(number, frame)
            if colours is not None:
                colours.laid_onto(marked)
        shrinks = self.scale < 1
        how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
        marked = marked if self.scale == 1 else cv2.resize(marked, self._size, interpolation=how)
        for face in self._result.faces:
            points = shown_now.points_at(face, frame)
            if points is not None:
                points = landmark_marks.carried(points, self.scale)
                landmark_marks.draw(marked, points)
                if len(self._result.faces) > 1:
                    _number(marked, face, points.detected)
        return marked

    def _flow(self, number: int, frame: int) -> Layer | None:
        """Returns the colours of a face's current flow, made once for all frames that have it."""
        window = shown_now.window_at(self._result.faces[number], frame)
        pair = None if window is None else flow_layer.pair_at(window, frame)
        if window is None or window.flow is None or pair is None or self._most is None:
            return None
        held, colours = self._layers.get(number, ((0, 0), None))
        if held != (id(window), pair):
            size = self._result.recording.size
            colours = flow_layer.layer(window.flow[pair], window.to_crop[pair], size, self._most)
            self._layers[number] = ((id(window), pair), colours)
        return colours


def _scale(width: int, height: int) -> float:
    """Returns by how much a picture is enlarged: wholly, or made smaller; 1 for usual sizes."""
    if max(width, height) > LARGEST:
        return LARGEST / max(width, height)
    return float(min(-(-NARROWEST // width), max(1, LARGEST // max(width, height))))


def _number(picture: np.ndarray, face: Face, points: np.ndarray) -> None:
    """Writes a face's number above its landmarks."""
    wide = float(np.ptp(points[:, 0]))
    size = max(0.4, wide / 250)
    x, y = int(points[:, 0].mean()), int(points[:, 1].min() - 0.25 * wide)
    place, line = (x, max(y, int(25 * size))), max(1, round(size))
    for colour, thick in (((0, 0, 0), 4 * line), (rgb(INK), line)):
        cv2.putText(
            picture,
            str(face.number),
            place,
            cv2.FONT_HERSHEY_SIMPLEX,
            size,
            colour,
            thick,
            cv2.LINE_AA,
        )
