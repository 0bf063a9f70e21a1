"""Landmarks in a picture: detected ones are dots, predicted ones crosses, filled-in ones rings."""

import dataclasses

import cv2
import numpy as np

from mol_jax.predicting.shown.colours import DETECTED, FILLED, PREDICTED, rgb
from mol_jax.predicting.shown.shown_now import Points

SHIFT = 4  # bits of a pixel's fraction that OpenCV draws by: 1/16 px
LEAST, MOST = 1.3, 5.0  # px, radius of a dot
PER_FACE = 110  # a face's height by the radius of its dots
ARM = 1.9  # radii of a dot: half a cross, in x and in y
RIM = 0.8  # px of black around each mark: seen on skin of any shade
BLACK = (0, 0, 0)


def radius_for(points: np.ndarray) -> float:
    """Returns the radius of the dots of a face with landmarks [68, 2]."""
    return float(np.clip(np.ptp(points[:, 1]) / PER_FACE, LEAST, MOST))


def draw(picture: np.ndarray, points: Points) -> None:
    """Draws the landmarks of a face into a picture uint8 [H, W, 3] RGB, in place.

    points: px of that picture; the middle of a mark is there to 1/16 px.
    """
    radius = radius_for(points.detected)
    if points.predicted is not None:
        crosses(picture, points.predicted, radius)
    detected = dots if points.found else rings
    detected(picture, points.detected, radius)


def dots(picture: np.ndarray, points: np.ndarray, radius: float) -> None:
    """Draws what stands for detected landmarks [k, 2]."""
    for more, colour in ((RIM, BLACK), (0, rgb(DETECTED))):
        _discs(picture, points, radius + more, colour, cv2.FILLED)


def rings(picture: np.ndarray, points: np.ndarray, radius: float) -> None:
    """Draws what stands for landmarks [k, 2] that were filled in between frames."""
    _discs(picture, points, radius, rgb(FILLED), 1)


def crosses(picture: np.ndarray, points: np.ndarray, radius: float) -> None:
    """Draws what stands for predicted landmarks [k, 2]: they look out from behind such dots."""
    line = max(1, round(0.5 * radius))
    down, up = (ARM * radius * np.array(way) for way in ((1, 1), (1, -1)))
    ends = [_fixed(points + way) for way in (-down, down, -up, up)]
    for colour, thick in ((BLACK, line + 2), (rgb(PREDICTED), line)):
        for first, second, third, fourth in zip(*ends, strict=True):
            cv2.line(picture, first, second, colour, thick, cv2.LINE_AA, SHIFT)
            cv2.line(picture, third, fourth, colour, thick, cv2.LINE_AA, SHIFT)


def _discs(picture: np.ndarray, points: np.ndarray, radius: float, colour, thick: int) -> None:
    size = round(radius * 2**SHIFT)
    for at in _fixed(points):
        cv2.circle(picture, at, size, colour, thick, cv2.LINE_AA, SHIFT)


def _fixed(points: np.ndarray) -> list[list[int]]:
    """Returns places as OpenCV has them, in parts of a pixel; what is far outside stays outside."""
    return np.round(np.clip(points, -1000, 20000) * 2**SHIFT).astype(int).tolist()


def carried(points: Points, scale: float) -> Points:
    """Returns the landmarks in a picture `scale` times as large."""
    predicted = points.predicted
    return dataclasses.replace(
        points,
        detected=enlarged(points.detected, scale),
        predicted=None if predicted is None else enlarged(predicted, scale),
    )


def enlarged(points: np.ndarray, scale: float) -> np.ndarray:
    """Takes px of a picture to px of one `scale` times as large; integers are pixel centres."""
    return scale * (points + 0.5) - 0.5
