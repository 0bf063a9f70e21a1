"""A record of a clip as another camera, file, aligner or program would have left it.

What is disturbed is the aligned grey face that was built: a program that aligns a worse video finds
its landmarks anew, which is not done here. Each disturbance is of one clip and of no other.
"""

import dataclasses
import zlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import cv2
import numpy as np

from data_builders.annotations.annotation import NO_APEX
from data_builders.disk.processes import default_workers
from data_builders.pixels import flow
from mol_jax.data import kept_flows
from mol_jax.data.moved import UNMOVED, Shift
from mol_jax.data.svm_features import Pair


def farneback(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Farnebäck's flow, by the numbers of OpenCV's examples; else as `flow.tvl1`."""
    numbers = (0.5, 3, 15, 3, 5, 1.2, 0)
    return cv2.calcOpticalFlowFarneback(first, second, None, *numbers)  # type: ignore[call-overload]


FLOWS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    **{name: method.find for name, method in flow.METHODS.items()},
    "farneback": farneback,
}


@dataclasses.dataclass(frozen=True)
class Disturbance:
    """What is done to a clip before anything is made of it.

    shift: of onset or apex. middle: whether the middle frame is shown as the apex. every: of how
    many frames one is there, from the onset on. quality: of JPEG, 1 to 100; 0: no JPEG. scale: the
    share of its side that the face is shrunk to, and enlarged again. offset: how far the face lies
    to the right and below where it should, a share of the side. jitter: how far each frame after
    the onset lies from where it should, into a direction of its own, a share of the side. flow: the
    program that finds it, one of `FLOWS`.
    """

    shift: Shift = UNMOVED
    middle: bool = False
    every: int = 1
    quality: int = 0
    scale: float = 1.0
    offset: float = 0.0
    jitter: float = 0.0
    flow: str = flow.DEFAULT


def disturbed(record: Mapping[str, Any], how: Disturbance) -> dict[str, Any]:
    """Returns a record (`data_builders.records.record`) disturbed, but for `how.shift`.

    The flow of its sample is left out: it is of the frames as they were built.
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
    made = {key: value for key, value in record.items() if key != "flow"}
    made.update(frames=frames[..., None], landmarks=landmarks, frame_numbers=numbers)
    if how.middle:
        made["apex"] = NO_APEX
    return made


def flows(pairs: Sequence[Pair], method: str) -> list[np.ndarray]:
    """Returns the flow of pairs by one of `FLOWS`, float16 [S, S, 2] px; keeps nothing."""
    if method == flow.DEFAULT:
        return kept_flows.computed(pairs)

    def of(pair: Pair) -> np.ndarray:
        return FLOWS[method](*pair.frames).astype(np.float16)

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
