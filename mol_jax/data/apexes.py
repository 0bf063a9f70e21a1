"""The apexes of clips by data.apex_source: annotated, in the middle, or found by a spotter.

Where a source has none the middle frame stands in, and is counted. What a spotter found is kept
beside the built dataset, addressed by the clip's frames and landmarks and by what looked for it; a
file that cannot be read is made anew, and a folder that cannot be written costs the time again,
nothing else.

The SVM beside every score has the annotated apex, whatever the network has
(`mol_jax.data.svm_features`).
"""

import contextlib
import hashlib
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from data_builders.annotations.annotation import NO_APEX
from data_builders.pixels import sampling
from mol_jax.data.apex_source import ANNOTATED, MIDDLE, Apex
from mol_jax.data.recipe import RECIPES
from mol_jax.data.spotting import SPOTTERS
from mol_jax.errors import UserError
from mol_jax.files.whole import write_text

FOLDER = "spotted_apexes"  # in DATA_DIR/NAME, beside what was built
VERSION = f"spotters 1, opencv {cv2.__version__}"  # count up where a spotter changes


class Apexes:
    """The apexes of one built dataset's clips by one source, and the file of those spotted."""

    def __init__(self, source: str, kept: Path):
        """source: of `SOURCES`. kept: as `place` returns it."""
        self.source, self._kept = source, kept
        self._known = _read(kept) if source in SPOTTERS else {}

    def of(self, record: Mapping[str, Any]) -> Apex:
        """Returns the apex of a record (`data_builders.records.record`).

        An annotated one is usable after the first frame on disk. After the offset there is none in
        a record, and one after the last frame on disk is that frame.
        """
        numbers, annotated = record["frame_numbers"], int(record["apex"])
        if self.source == ANNOTATED and annotated > numbers[0]:
            return Apex(sampling.apex_number(numbers, annotated), ANNOTATED)
        spotted = self._spotted(record) if self.source in SPOTTERS else None
        if spotted is None:
            return Apex(sampling.apex_number(numbers, NO_APEX), MIDDLE)
        return Apex(int(numbers[spotted]), self.source)

    def _spotted(self, record: Mapping[str, Any]) -> int | None:
        """Returns the index of a record's apex among its frames, None where nothing moves."""
        frames, landmarks = record["frames"][..., 0], record["landmarks"]
        key = _key(self.source, frames, landmarks)
        known = self._known.get(key, len(frames))
        if known is None or known < len(frames):
            return known
        self._known[key] = SPOTTERS[self.source](frames, landmarks)
        _write(self._kept, self._known)  # at once: a stop costs one clip
        return self._known[key]


def place(data_dir: Path, dataset: str, build: str) -> Path:
    """Returns the file of a built dataset, as data/tfds/casme2/spotted_apexes/t8_s144_clip.json."""
    return data_dir / dataset / FOLDER / f"{build}.json"


def are_shown(reads: Collection[str]) -> bool:
    """Returns whether a recipe among what a network reads depends on which frame is the apex."""
    return any(RECIPES[name].shows_apex for name in reads if name in RECIPES)


def _key(source: str, frames: np.ndarray, landmarks: np.ndarray) -> str:
    digest = hashlib.sha256(f"{VERSION}, {source}, {frames.shape}".encode())
    for part in (frames, landmarks):
        digest.update(np.ascontiguousarray(part).data)
    return digest.hexdigest()


def _read(path: Path) -> dict[str, int | None]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(known, dict):
        return {}
    return {key: at for key, at in known.items() if at is None or (type(at) is int and at >= 0)}


def _write(path: Path, known: Mapping[str, int | None]) -> None:
    with contextlib.suppress(UserError):  # a read-only folder: looked for again the next time
        write_text(path, json.dumps(known, indent=0) + "\n")
