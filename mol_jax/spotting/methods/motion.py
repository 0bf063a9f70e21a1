"""How regions of a face move between two frames, beside the head."""

import dataclasses
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np

from data_builders.disk.processes import default_workers
from data_builders.pixels import flow
from mol_jax.spotting.methods import head
from mol_jax.spotting.methods.regions import LIDS, RADIUS, REGIONS, RIGID, centres, eye_span, means

# Share of the image's side: an error of flow that is always there. The constants were tuned at 144
# px, where it is 0.05 px.
NOISE = 0.05 / 144
EVERY = (*REGIONS, *LIDS)


@dataclasses.dataclass(frozen=True)
class Motion:
    """Of P pairs of frames. Lengths are shares of the distance between the outer eye corners.

    regions: [P, R, 2], how each of `REGIONS` moves beside the head; lids: [P, 2, 2]. head: [P, 2],
    how the head moves the middle of the face.
    """

    regions: np.ndarray
    lids: np.ndarray
    head: np.ndarray


def between(frames: np.ndarray, landmarks: np.ndarray, pairs: Sequence[tuple[int, int]]) -> Motion:
    """Returns how the face moves from the first frame of each pair to the second.

    The flow is Farnebäck's: on generated videos small motions stand out of its noise further than
    of that of DIS, and TV-L1 takes a hundred times as long. frames: uint8 [n, S, S]; landmarks:
    float [n, 68, 2] px.
    """
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)  # pairs are many, and each is small
    try:
        with ThreadPoolExecutor(default_workers()) as pool:  # OpenCV lets go of Python's lock
            found = list(pool.map(lambda pair: _moved(frames, landmarks, *pair), pairs))
    finally:
        cv2.setNumThreads(threads)
    count = len(REGIONS)
    every = np.array(found, np.float64).reshape(len(pairs), len(EVERY) + 1, 2)
    return Motion(every[:, :count], every[:, count:-1], every[:, -1])


def _moved(frames: np.ndarray, landmarks: np.ndarray, first: int, second: int) -> np.ndarray:
    """Returns the motion of EVERY region and, last, of the head: [R + 3, 2]."""
    if first == second:
        return np.zeros((len(EVERY) + 1, 2))
    points = landmarks[first].astype(np.float64)
    span = float(eye_span(points))
    moved = flow.farneback(frames[first], frames[second])
    still, places = centres(points, RIGID), centres(points, EVERY)
    fit = head.fitted(still, means(moved, still, RADIUS * span), NOISE * frames.shape[1])
    own = means(moved, places, RADIUS * span) - head.applied(fit, places)
    middle = head.applied(fit, points[27:36].mean(axis=0)[None])
    return np.concatenate([own, middle]) / span
