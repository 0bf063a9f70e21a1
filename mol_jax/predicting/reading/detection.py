"""The faces in every frame of a recording and their landmarks: each frame is searched once."""

import itertools
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from rich.console import Console

from data_builders.disk.processes import default_workers
from data_builders.pixels import faces
from mol_jax.terminal.progress import progress

SEARCHED = 1280  # px: faces are searched in a picture that is made no larger than this
SMALLEST = 40  # px of that picture: dlib's faces have 80, and it is enlarged once
AT_ONCE = 8  # frames in memory for each thread

Found = list[list[np.ndarray]]  # of each frame the landmarks [68, 2] of all its faces, held px


def detect(
    images: Iterable[np.ndarray],
    count: int,
    detector: faces.DlibDetector | faces.Detector,
    console: Console,
) -> Found:
    """Returns the faces of all frames, in threads: dlib lets go of Python's lock.

    images: grey uint8 [h, w], `count` of them. detector: as the builders', whose landmarks are
    those of training in pictures of up to `SEARCHED` px.
    """
    held, workers = threading.local(), default_workers()

    def every(image: np.ndarray) -> list[np.ndarray]:
        if not hasattr(held, "detector"):
            held.detector = detector.twin() if hasattr(detector, "twin") else detector
        return faces.every_face(image, held.detector)

    with ThreadPoolExecutor(workers) as threads, progress(console) as bar:
        task = bar.add_task("faces", total=count)
        found: Found = []
        for some in _batched(images, AT_ONCE * workers):
            found += threads.map(every, some)
            bar.update(task, completed=len(found))
    return found


def own_detector() -> faces.DlibDetector:
    """Returns the detector of the builders."""
    return faces.DlibDetector(faces.packaged_predictor(), searched=SEARCHED)


def smallest(size: tuple[int, int], factor: int = 1) -> int:
    """Returns how wide a face must be to be found, px of a recording of this size.

    factor: by how much its pictures are made smaller to be held.
    """
    held = max(size) // factor
    return SMALLEST * factor * -(-held // SEARCHED)


def _batched(images: Iterable[np.ndarray], size: int) -> Iterator[list[np.ndarray]]:
    source = iter(images)
    while batch := list(itertools.islice(source, size)):
        yield batch
