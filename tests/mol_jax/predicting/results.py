"""A result made by hand of a drawn recording, of which every landmark and motion is known."""

import dataclasses
import functools
import itertools
from pathlib import Path

import cv2
import numpy as np

from data_builders.pixels.alignment import map_points, similarity
from data_builders.synthetic.drawing.clip import Clip, draw_clip, frame
from data_builders.synthetic.drawing.face import draw_face
from data_builders.synthetic.drawing.identity import HEIGHT, WIDTH, draw
from data_builders.synthetic.drawing.motion import grid
from mol_jax.predicting.result import About, Face, Recording, Result, Window
from mol_jax.spotting.interval import Interval

CLASSES = ("negative", "positive", "surprise")
CROP, RATE = 64, 25.0  # px; frames a second
BEFORE, LONG, AFTER = 5, 10, 5  # frames of rest, of the expression, and of rest
ABOUT = About(
    run=Path("runs/small"),
    network="mol",
    view="casme2/3class",
    classes=CLASSES,
    score="UF1 75.8 % [60.1, 88.0] over 8 drawn people; an SVM on flow has 90.1 %",
    models=8,
    temperature=1.3,
    generated=True,
    false_alarms="On neutral drawn recordings this spotter raises 1.2 false alarms a minute.",
)


@functools.lru_cache(maxsize=1)
def _film() -> tuple[Clip, tuple[np.ndarray, ...], np.ndarray]:
    """Draws the expression: the clip, its pictures [HEIGHT, WIDTH, 3] and landmarks [n, 68, 2]."""
    face = draw_face(draw(3))
    clip = draw_clip(
        face, name="", emotion="surprise", amplitude=(4, 4), frames=(LONG, LONG), seed=(3, 1)
    )
    pictures = tuple(frame(face, clip, index) for index in range(LONG))
    points = np.array([clip.motion.forward(face.landmarks, k) for k in range(LONG)], np.float32)
    return clip, pictures, points


@dataclasses.dataclass(frozen=True)
class Drawn:
    """The recording as pictures, in the manner of `Frames`: RGB, `size` (width, height) px."""

    recording: Recording

    def picture(self, index: int) -> np.ndarray:
        """Returns a frame uint8 [H, W, 3]."""
        of = np.clip(index - BEFORE, 0, LONG - 1)
        width, height = self.recording.size
        return np.ascontiguousarray(cv2.resize(_film()[1][of], (width, height)))


def scaled(points: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Takes px of the drawn face to px of a picture of another size."""
    factor = np.array([size[0] / WIDTH, size[1] / HEIGHT])
    return ((points + 0.5) * factor - 0.5).astype(np.float32)


def made(size: tuple[int, int] = (WIDTH, HEIGHT), **changed) -> tuple[Result, Drawn]:
    """Returns a result of one face and its frames. changed: fields of the result."""
    count = BEFORE + LONG + AFTER
    times = np.arange(count) / RATE
    recording = Recording(Path("drawn.mp4"), times, size, ("audio is left out",))
    shown = np.clip(np.arange(count) - BEFORE, 0, LONG - 1)
    landmarks = scaled(_film()[2][shown], size)
    found = np.ones(count, bool)
    found[3] = False
    apex = BEFORE + _film()[0].apex
    intervals = (Interval(BEFORE, apex, BEFORE + LONG - 1, 0.71),)
    windows = tuple(window(k, k + 9, size) for k in range(0, count - 9, 5))
    signal = np.exp(-(((np.arange(count) - apex) / 4) ** 2)).astype(np.float32)
    face = Face(
        0,
        np.arange(count),
        landmarks,
        found,
        windows,
        intervals,
        signal,
        (window(BEFORE, BEFORE + LONG - 1, size),),
    )
    result = Result(ABOUT, recording, (face,), 0.5, 0.25, 0.4)
    return dataclasses.replace(result, **changed), Drawn(recording)


def window(first: int, last: int, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Window:
    """Returns a window with exact landmarks 2 px to the right, and exact flow."""
    clip, _, points = _film()
    sampled = np.array([first, (first + last) // 2, last])
    shown = np.clip(sampled - BEFORE, 0, LONG - 1)
    own = similarity(np.median(points, axis=0), CROP)  # px of the drawn face to px of the crop
    there = map_points(_inverse(own), grid(CROP, CROP))
    flow = [
        (there + clip.motion.flow(there, a, b) - there) @ own[:, :2].T
        for a, b in itertools.pairwise(shown)
    ]
    middle = (first + last) / 2 - BEFORE - LONG / 2
    surprise = 0.3 + 0.5 * np.exp(-((middle / 6) ** 2))
    rest = 1 - surprise
    return Window(
        first,
        last,
        sampled,
        np.array([0.6 * rest, 0.4 * rest, surprise], np.float32),
        np.array([0.05, 0.04, 0.08], np.float32),
        np.repeat([own @ _square(_inverse(_scaling(size)))], 3, axis=0),
        scaled(points[shown[1:]], size) + np.float32([2, 0]),
        np.array(flow, np.float32),
    )


def _scaling(size: tuple[int, int]) -> np.ndarray:
    """Returns the transform [2, 3] of `scaled`."""
    x, y = size[0] / WIDTH, size[1] / HEIGHT
    return np.array([[x, 0, 0.5 * x - 0.5], [0, y, 0.5 * y - 0.5]])


def _square(matrix: np.ndarray) -> np.ndarray:
    return np.vstack([matrix, [0, 0, 1]])


def _inverse(matrix: np.ndarray) -> np.ndarray:
    return np.linalg.inv(_square(matrix))[:2]
