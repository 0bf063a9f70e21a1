"""A small grey picture in brow spans, and the brushes that draw on it.

A brow span is the distance between the outer ends of the brows, about 11 cm. x is to the right from
the middle of the face, y down from the brow line.
"""

import functools

import cv2
import numpy as np

from data_builders.synthetic.drawing.canvas import curve

LEFT, RIGHT, TOP, BOTTOM = -0.98, 0.98, -0.42, 1.46  # what a plate shows, brow spans
_FIXED = 4  # bits after the point of OpenCV's polygon coordinates


class Plate:
    """A picture of height × width pixels, float32; a mask is one from 0 to 1.

    fine: pixels per brow span.
    """

    def __init__(self, fine: float):
        self.fine = fine
        self.shape = (round((BOTTOM - TOP) * fine), round((RIGHT - LEFT) * fine))
        self.x, self.y = _axes(self.shape, fine)

    def full(self, value: float) -> np.ndarray:
        """Returns a picture of one value."""
        return np.full(self.shape, value, np.float32)

    def pixels(self, points) -> np.ndarray:
        """Returns where points [..., 2] lie in pixels of the plate."""
        return (
            np.asarray(points, np.float32) - np.array([LEFT, TOP], np.float32)
        ) * self.fine - 0.5

    def blob(self, centre, width: float, height: float | None = None) -> np.ndarray:
        """Returns a Gaussian bump of peak 1 with these standard deviations."""
        across = np.exp(-0.5 * ((self.x - float(centre[0])) / float(width)) ** 2)
        down = np.exp(-0.5 * ((self.y - float(centre[1])) / float(height or width)) ** 2)
        return down * across

    def polygon(self, points, *, blur: float = 0.0) -> np.ndarray:
        """Returns the mask of a filled polygon, its edge blurred over `blur` brow spans."""
        mask = np.zeros(self.shape, np.uint8)
        cv2.fillPoly(mask, [self._fixed(points)], 255, cv2.LINE_AA, _FIXED)
        return self.soft(mask * np.float32(1 / 255), blur)

    def line(self, points, width: float, *, blur: float = 0.0) -> np.ndarray:
        """Returns the mask of an open line; one thinner than a pixel is paler instead."""
        mask = np.zeros(self.shape, np.uint8)
        thick = width * self.fine
        pale = min(1.0, thick)
        cv2.polylines(
            mask, [self._fixed(points)], False, 255, max(1, round(thick)), cv2.LINE_AA, _FIXED
        )
        return self.soft(mask * np.float32(pale / 255), blur)

    def soft(self, mask: np.ndarray, blur: float) -> np.ndarray:
        """Returns a picture blurred over `blur` brow spans."""
        sigma = blur * self.fine
        return cv2.GaussianBlur(mask, (0, 0), sigma) if sigma > 0.15 else mask

    def noise(self, rng: np.random.Generator, across: float, down: float) -> np.ndarray:
        """Returns smooth noise of deviation 1; across, down: of the smoothing, brow spans.

        What is finer than a pixel is averaged in it: the deviation is smaller.
        """
        # White noise is drawn on the coarsest grid that shows the smoothing, then enlarged.
        step = [max(1.0, 0.8 * size * self.fine) for size in (down, across)]
        shape = [int(length / by) + 4 for length, by in zip(self.shape, step, strict=True)]
        white: np.ndarray = rng.standard_normal(shape, np.float32)
        if max(step) > 1:
            white = np.asarray(
                cv2.resize(white, self.shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32
            )
        else:
            white = white[: self.shape[0], : self.shape[1]]
        seen = min(1.0, 1.6 * across * self.fine) * min(1.0, 1.6 * down * self.fine)
        return white * (seen / max(float(white.std()), 1e-6))

    def _fixed(self, points) -> np.ndarray:
        return np.round(self.pixels(points) * 2**_FIXED).astype(np.int32)


def arc(points, *, closed: bool = False) -> np.ndarray:
    """Returns the curve of `canvas.curve` through points [n, 2]."""
    points = np.asarray(points, float)
    return _weights(len(points), closed) @ points


@functools.lru_cache(maxsize=64)
def _weights(count: int, closed: bool) -> np.ndarray:
    """Returns how much each of `count` points counts at each place of their curve: it is linear."""
    single = np.eye(count)
    columns = [curve(np.stack([each, each], 1), closed=closed)[:, 0] for each in single]
    return np.stack(columns, axis=1)


@functools.lru_cache(maxsize=8)
def _axes(shape: tuple[int, int], fine: float) -> tuple[np.ndarray, np.ndarray]:
    """Returns x [1, width] and y [height, 1] of the pixels' centres."""
    x = LEFT + (np.arange(shape[1], dtype=np.float32) + 0.5) / fine
    y = TOP + (np.arange(shape[0], dtype=np.float32) + 0.5) / fine
    return x[None].astype(np.float32), y[:, None].astype(np.float32)


def mix(under: np.ndarray, over, mask: np.ndarray) -> None:
    """Lays a value, or a picture, over a picture where the mask is 1."""
    under += mask * (over - under)
