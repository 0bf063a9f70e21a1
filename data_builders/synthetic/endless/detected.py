"""The landmarks that dlib finds in aligned frames, beside those that are known."""

import functools

import cv2
import numpy as np

from data_builders.pixels.faces import DlibDetector, fill_missing, packaged_predictor

LEAST = 216  # px: smaller frames are enlarged so that the detector sees a face of a usual size


def found_in(frame: np.ndarray) -> np.ndarray | None:
    """Returns the landmarks [68, 2] of a frame uint8 [S, S], None where dlib finds no face."""
    times = max(1, -(-LEAST // len(frame)))
    large = cv2.resize(frame, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)
    points = _detector()(large)
    return None if points is None else (points + np.float32(0.5)) / times - np.float32(0.5)


def landmarks(frames: np.ndarray, exact: np.ndarray) -> np.ndarray:
    """Returns landmarks [t, 68, 2]: a frame without a face has its neighbours'.

    Where no frame has a face they are `exact`.
    """
    each = [found_in(frame) for frame in frames]
    if all(points is None for points in each):
        return exact
    return fill_missing(each, np.arange(len(frames)))


@functools.cache
def _detector() -> DlibDetector:
    return DlibDetector(packaged_predictor())
