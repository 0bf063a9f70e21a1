"""Finished clips of an unfinished build, so that one that was stopped or killed goes on.

One file per clip in DATA_DIR/NAME/unfinished/<config>/, removed when the dataset is published. It
is used only if everything the record depends on is as it was: settings, annotation, frames on disk,
what is white in them, detector and versions.
"""

import contextlib
import dataclasses
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from data_builders.annotations.annotation import ClipAnnotation, SkippedClip
from data_builders.pixels import frames, sampling
from data_builders.pixels.images import FULL, Whites
from data_builders.records import keeping, record

FOLDER = "unfinished"
REVISION = 3  # of `record.make_record`: raised when the same clip gives another record

COUNTS = ("frames", "missed", "absent", "several", "leaps")  # of a `record.ClipResult`


@dataclasses.dataclass(frozen=True)
class Staging:
    """Where the finished clips of a build lie until it is published.

    Attributes:
      folder: their folder, one file per clip.
      scratch: folder for unfinished files, on the same file system.
      detector: as `landmarks.LandmarkCache.detector`.
    """

    folder: Path
    scratch: Path
    detector: str

    def load(self, clip: ClipAnnotation, made_from: str) -> record.ClipResult | None:
        """The result of a clip that an earlier build finished, None where there is none."""
        kept = keeping.load(self.folder / keeping.file_name(clip))
        if kept is None or kept[0].get("made_from") != made_from:
            return None
        header, arrays = kept
        reason = header["skipped"]
        skipped = SkippedClip(clip.subject, clip.clip, reason) if reason is not None else None
        plain = {name: getattr(clip, name) for name in record.ANNOTATION_FEATURES}
        example = None if skipped else {**plain, **header["scalars"], **arrays}
        return record.ClipResult(clip, example, skipped, **header["counts"])

    def save(self, result: record.ClipResult, made_from: str) -> None:
        """Keeps the result of a clip; made_from: `key`, taken before its frames were read."""
        clip, example = result.annotation, result.example or {}
        arrays = {k: value for k, value in example.items() if isinstance(value, np.ndarray)}
        plain = example.keys() - arrays.keys() - set(record.ANNOTATION_FEATURES)
        header = {
            "made_from": made_from,
            "skipped": result.skipped.reason if result.skipped else None,
            "scalars": {name: int(example[name]) for name in plain},
            "counts": {name: getattr(result, name) for name in COUNTS},
        }
        keeping.save(self.folder / keeping.file_name(clip), self.scratch, header, arrays)

    def key(
        self, clip: ClipAnnotation, settings: record.RecordSettings, whites: Whites = FULL
    ) -> str:
        """Hash of everything a record depends on."""
        files = frames.index_frames(clip.folder)
        numbers = sampling.clip_numbers(clip, np.array(list(files), np.int64))
        annotation = dataclasses.asdict(clip)
        del annotation["folder"]  # a moved dataset is the same dataset
        parts: list[Any] = [
            (REVISION, cv2.__version__, self.detector),
            dataclasses.asdict(settings),
            dataclasses.asdict(whites),
            annotation,
            keeping.stamps(files[number] for number in numbers),
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def folder_of(keep: Path, settings: record.RecordSettings) -> Path:
    """Where the finished clips of an unfinished build lie in `keep`, DATA_DIR/NAME."""
    return keep / FOLDER / settings.config_name


def clear(keep: Path, settings: record.RecordSettings) -> None:
    """Removes what is left of an unfinished build, once its dataset is published."""
    folder = folder_of(keep, settings)
    shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):  # there is none, or another config is unfinished
        folder.parent.rmdir()
