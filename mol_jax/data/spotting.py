"""Where in a clip the motion is largest, found in its pixels alone: two spotters of the apex.

Both look at the frames on disk, in their order, and at no annotation but that a clip begins with
its onset. Where nothing moves there is nothing to find, and they say so.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np

from data_builders.disk.processes import default_workers
from data_builders.pixels import flow

WINDOW = 9  # frames that are transformed together
BLOCKS = 6  # of the image, along either side
RADIUS = 3  # indices: frequencies that are no further than this from 0 are left out
STILL = 1e-6  # px of flow, and a share of the largest sum: below this all frames are alike


def by_flow(frames: np.ndarray, landmarks: np.ndarray) -> int | None:
    """Returns the index of the frame whose flow from the onset is longest, the first of several.

    The flow is TV-L1; its length is averaged inside the hull of the onset's landmarks. None where
    nothing moves.

    Args:
        frames: uint8 [n, S, S], aligned. landmarks: float [n, 68, 2], (x, y) px.
    """
    inside = _hull(landmarks[0], frames.shape[1])

    def length(frame: np.ndarray) -> float:
        return float(np.linalg.norm(flow.tvl1(frames[0], frame)[inside], axis=-1).mean())

    with ThreadPoolExecutor(default_workers()) as threads:  # OpenCV lets go of Python's lock
        lengths = np.array([0.0, *threads.map(length, frames[1:])])
    return int(lengths.argmax()) if lengths.max() > STILL else None


def by_frequency(frames: np.ndarray, landmarks: np.ndarray) -> int | None:
    """Returns the index in the middle of the window with most of high frequencies.

    Li, Huang and Zhao, "Can micro-expression be recognized based on single apex frame?" (2018): a
    window of frames slides over the clip; each of 6×6 blocks of it is transformed over time, rows
    and columns together, and the magnitudes further than `RADIUS` from frequency 0 are summed.
    None where all windows are alike, as where nothing moves; a clip of `WINDOW` frames or fewer
    has one.

    Args:
        frames: uint8 [n, S, S], aligned, S a multiple of 6. landmarks: not looked at.
    """
    del landmarks
    sums = high_frequencies(frames)
    moves = sums.max() - sums.min() > STILL * sums.max()
    return int(sums.argmax()) + min(WINDOW, len(frames)) // 2 if moves else None


def high_frequencies(frames: np.ndarray) -> np.ndarray:
    """Returns how much of high frequencies each window of a clip has, in its order.

    frames: uint8 [n, S, S], S a multiple of 6.
    """
    length, side = min(WINDOW, len(frames)), frames.shape[1] // BLOCKS
    blocks = frames.reshape(len(frames), BLOCKS, side, BLOCKS, side).swapaxes(2, 3)
    spectra = np.fft.fft2(blocks.astype(np.float64))  # of each frame; over time below
    high = _distance(length, side, side) > RADIUS
    windows = (spectra[start : start + length] for start in range(len(frames) - length + 1))
    return np.array([np.abs(np.fft.fft(one, axis=0)).sum((1, 2))[high].sum() for one in windows])


SPOTTERS: dict[str, Callable[[np.ndarray, np.ndarray], int | None]] = {
    "spotted_flow": by_flow,
    "spotted_frequency": by_frequency,
}


def _hull(points: np.ndarray, side: int) -> np.ndarray:
    """Returns which pixels lie in the hull of landmarks [68, 2], bool [side, side].

    All of them where none does: a face that is aligned lies in its image.
    """
    outline = cv2.convexHull(points.astype(np.float32))[:, 0]
    mask = cv2.fillConvexPoly(np.zeros((side, side), np.uint8), np.rint(outline).astype(int), 1)
    return mask > 0 if mask.any() else np.ones_like(mask, bool)


def _distance(*lengths: int) -> np.ndarray:
    """Returns how far each index of a transform is from frequency 0, in indices."""
    axes = np.meshgrid(*(np.fft.fftfreq(n, 1 / n) for n in lengths), indexing="ij")
    return np.sqrt(sum(axis**2 for axis in axes))
