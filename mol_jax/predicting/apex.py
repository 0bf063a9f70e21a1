"""The apex of a stretch that nobody has annotated, for networks that are shown one."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from ml_collections import ConfigDict

from data_builders.annotations.annotation import NO_APEX
from data_builders.disk.processes import default_workers
from data_builders.pixels import flow
from mol_jax.data.apex_source import ANNOTATED
from mol_jax.data.seen import seen
from mol_jax.data.spotting import SPOTTERS

INNER = 0.7  # of the box of the landmarks, about its centre: its rim moves with the background


def apex_of(
    frames: np.ndarray,
    landmarks: np.ndarray,
    numbers: np.ndarray,
    config: ConfigDict,
    *,
    known: int = NO_APEX,
) -> int:
    """Returns the number of the apex frame, `NO_APEX` for the middle or where none is shown.

    As the run has its apexes (data.apex_source): spotted by the same spotter; the middle frame; or,
    where people annotated them, the one that is `known`, and else the frame with the longest flow
    from the first. That flow is DIS: TV-L1 of every frame would take longer than all the rest.

    Args:
      frames: uint8 [n, S, S], aligned.
      landmarks: float32 [n, 68, 2], px of them.
      numbers: int64 [n].
      config: of the run.
      known: the apex of a spotted interval.
    """
    source = seen(config).apex
    if source in SPOTTERS:
        at = SPOTTERS[source](frames, landmarks)
        return NO_APEX if at is None else int(numbers[at])
    if source != ANNOTATED:
        return NO_APEX
    return known if known != NO_APEX else int(numbers[_furthest(frames, landmarks)])


def _furthest(frames: np.ndarray, landmarks: np.ndarray) -> int:
    """Returns the index of the frame that the face has moved furthest to; the middle if to none."""
    rows, columns = _inside(landmarks[0], frames.shape[1])

    def length(frame: np.ndarray) -> float:
        moved = flow.dis(frames[0], frame)[rows, columns]
        # What all of the face does together is the head's.
        return float(np.linalg.norm(moved - np.median(moved, axis=(0, 1)), axis=-1).mean())

    with ThreadPoolExecutor(default_workers()) as threads:
        lengths = np.array([0.0, *threads.map(length, frames[1:])])
    return int(lengths.argmax()) if lengths.max() > 0 else (len(frames) - 1) // 2


def _inside(points: np.ndarray, side: int) -> tuple[slice, slice]:
    """Returns the rows and columns of the inner part of a face, of an image of `side` px."""
    low, high = points.min(axis=0), points.max(axis=0)
    centre, half = (low + high) / 2, INNER * (high - low) / 2
    first = np.clip(np.floor(centre - half), 0, side - 2).astype(int)
    last = np.clip(np.ceil(centre + half), first + 1, side - 1).astype(int)
    return slice(first[1], last[1] + 1), slice(first[0], last[0] + 1)
