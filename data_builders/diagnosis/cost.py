"""The time and the disk space that a build will take, from what was measured on the sample."""

import time
from collections.abc import Sequence

import cv2
import numpy as np

from data_builders.diagnosis.findings import Findings
from data_builders.diagnosis.folders import OnDisk
from data_builders.diagnosis.pixels import Look
from data_builders.diagnosis.place import BUILDING, in_bytes
from data_builders.pixels import alignment, flow
from data_builders.records import builder
from data_builders.records.record import RecordSettings

SECONDS = 4.0  # of flow, after which no more pairs are timed


def report(
    found: Sequence[OnDisk],
    seen: Look,
    settings: RecordSettings,
    workers: int,
    findings: Findings,
) -> int:
    """The section on cost; returns the bytes that the dataset takes."""
    total = sum(len(one.files) for one in found)
    samples = 1 + settings.phases
    pairs = sum(samples * (min(settings.frames, len(one.files)) - 1) for one in found)
    if seen.clips:
        sampled = sum(len(one.files) for one, _ in seen.clips)
        reading, detecting = seen.reading / sampled, seen.detecting / seen.images
        warping, pairing = _time_pairs(seen, settings)
        seconds = total * (reading + detecting + warping) + pairs * pairing
        findings.note(f"detecting: {1000 * detecting:.1f} ms a frame, {total} frames")
        findings.note(f"reading and aligning: {1000 * (reading + warping):.1f} ms a frame")
        findings.note(f"flow, {settings.flow}: {1000 * pairing:.1f} ms a pair, {pairs} pairs")
        findings.note(
            f"time: about {_duration(seconds / workers)} in {workers} "
            f"process{'es' * (workers > 1)}, less where an earlier build left its landmarks"
        )
    size = sum(record_bytes(settings, len(one.files)) for one in found)
    per_frame = record_bytes(settings, 1) - record_bytes(settings, 0)
    flow_bytes = record_bytes(settings, 0)
    findings.note(
        f"disk: {in_bytes(size)}, of which {per_frame} bytes a frame and {in_bytes(flow_bytes)} of "
        "flow a clip"
    )
    findings.note(
        f"disk while building: up to {in_bytes(BUILDING * size)}, finished clips are kept till then"
    )
    return size


def record_bytes(settings: RecordSettings, frames: int) -> int:
    """Bytes of a record of so many frames, which what TFDS writes does not compress."""
    size, phases = 0, min(settings.phases, frames // settings.frames)
    for name, feature in builder.record_features(settings).items():
        free = phases if name.startswith("phase") else frames
        shape = [free if side is None else side for side in feature.shape]
        if np.issubdtype(feature.np_dtype, np.number):
            size += int(np.prod(shape)) * np.dtype(feature.np_dtype).itemsize
    return size


def _time_pairs(seen: Look, settings: RecordSettings) -> tuple[float, float]:
    """Seconds to align a frame, and for the flow of a pair; in one thread as a build's process."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    aligning = flowing = 0.0
    timed = 0
    try:
        for images, (_, found) in zip(seen.pairs, seen.clips, strict=False):
            matrix = _matrix(images, found, settings.size)
            start = time.perf_counter()
            pair = [alignment.warp(image, matrix, settings.size) for image in images]
            aligning += time.perf_counter() - start
            start = time.perf_counter()
            flow.METHODS[settings.flow].find(*pair)
            flowing += time.perf_counter() - start
            timed += 1
            if flowing > SECONDS:
                break
    finally:
        cv2.setNumThreads(threads)
    return aligning / (2 * timed), flowing / timed


def _matrix(images: np.ndarray, found: list, size: int) -> np.ndarray:
    """The transform to an aligned image; where no face was found, of the whole image."""
    for landmarks in found:
        if landmarks is not None:
            return alignment.similarity(landmarks, size)
    return np.eye(2, 3) * size / max(images.shape[1:])


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
