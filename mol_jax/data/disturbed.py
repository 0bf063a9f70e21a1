"""A record of a clip as another camera, file, aligner or program would have left it.

What is disturbed is the aligned grey face that was built: a program that aligns a worse video finds
its landmarks anew, which is not done here. Each disturbance is of one clip and of no other.
"""

import dataclasses
import zlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import cv2
import numpy as np

from data_builders.disk.processes import default_workers
from data_builders.pixels import flow
from mol_jax.data import kept_flows
from mol_jax.data.moved import UNMOVED, Shift
from mol_jax.data.svm_features import Pair

FLOWS = ("flow", "phase_flow")  # of a record


@dataclasses.dataclass(frozen=True)
class Disturbance:
    """What is done to a clip before anything is made of it.

    shift: of onset or apex. source: from where its apex is, of `apex_source.SOURCES`; "": from
    where the run has it. every: of how many frames one is there, from the onset on. quality: of
    JPEG, 1 to 100; 0: no JPEG. scale: the share of its side that the face is shrunk to, and
    enlarged again. offset: how far the face lies to the right and below where it should, a share of
    the side. jitter: how far each frame after the onset lies from where it should, into a direction
    of its own, a share of the side. flow: the program that finds it, of `flow.KNOWN`; "": as built.
    """

    shift: Shift = UNMOVED
    source: str = ""
    every: int = 1
    quality: int = 0
    scale: float = 1.0
    offset: float = 0.0
    jitter: float = 0.0
    flow: str = ""


def disturbed(record: Mapping[str, Any], how: Disturbance) -> dict[str, Any]:
    """Returns a record (`data_builders.records.record`) with its frames and landmarks disturbed.

    The flow of its sample is left out: it is of the frames as they were built. `how.source`,
    `how.shift` and `how.flow` are for who makes something of it (`mol_jax.data.moved_table`).
    """
    kept = slice(None, None, how.every)
    numbers = record["frame_numbers"][kept]
    frames, landmarks = record["frames"][kept, ..., 0], record["landmarks"][kept]
    side = frames.shape[1]
    if how.offset:
        by = np.full((len(frames), 2), how.offset * side, np.float32)
        frames, landmarks = _pushed(frames, by), landmarks + by[:, None]
    if how.jitter:
        by = how.jitter * side * _directions(record, numbers)
        frames, landmarks = _pushed(frames, by), landmarks + by[:, None]
    if how.scale != 1:
        frames = np.stack([_shrunk(frame, round(how.scale * side)) for frame in frames])
    if how.quality:
        frames = np.stack([_as_jpeg(frame, how.quality) for frame in frames])
    made = {key: value for key, value in record.items() if key not in FLOWS}
    made.update(frames=frames[..., None], landmarks=landmarks, frame_numbers=numbers)
    return made


def flows(pairs: Sequence[Pair], method: str) -> list[np.ndarray]:
    """Returns the flow of pairs, float16 [S, S, 2] px; keeps nothing.

    method: of `flow.KNOWN`, "" for TV-L1, as they are of at load.
    """
    if method in ("", flow.DEFAULT):
        return kept_flows.computed(pairs)

    def of(pair: Pair) -> np.ndarray:
        return flow.pair_flows(pair.frames, np.arange(2), method)[0]

    with ThreadPoolExecutor(default_workers()) as threads:
        return list(threads.map(of, pairs))


def _directions(record: Mapping[str, Any], numbers: np.ndarray) -> np.ndarray:
    """Returns unit vectors float32 [n, 2], drawn for each frame by its clip; 0 of the onset."""
    name = "/".join(str(record[key]) for key in ("dataset", "subject", "clip"))
    angle = (
        2
        * np.pi
        * np.array([zlib.crc32(f"{name}/{number}".encode()) / 2**32 for number in numbers.tolist()])
    )
    vectors = np.stack([np.cos(angle), np.sin(angle)], axis=-1).astype(np.float32)
    vectors[0] = 0
    return vectors


def _pushed(frames: np.ndarray, by: np.ndarray) -> np.ndarray:
    """Returns frames [n, S, S] moved by (x, y) px each, [n, 2]; what comes in is their border."""
    side = frames.shape[1:]
    return np.stack(
        [
            cv2.warpAffine(
                frame, np.array([[1, 0, x], [0, 1, y]]), side, borderMode=cv2.BORDER_REPLICATE
            )
            for frame, (x, y) in zip(frames, by.tolist(), strict=True)
        ]
    )


def _shrunk(frame: np.ndarray, side: int) -> np.ndarray:
    small = cv2.resize(frame, (side, side), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, frame.shape, interpolation=cv2.INTER_LINEAR)


def _as_jpeg(frame: np.ndarray, quality: int) -> np.ndarray:
    _, coded = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])
    image = cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE)
    assert image is not None, "it was written a line above"
    return image
