"""Landmarks kept beside the built datasets: no frame is searched for a face twice.

One file per clip, DATA_DIR/NAME/landmarks/<subject>_<clip>-<hash>.npz: the stamps (name, size and
time of change) of its frames, the landmarks of each, and the detector that found them. It serves
every t, size, alignment and flow. Deleting the folder costs time and nothing else.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from data_builders.common import faces, keeping
from data_builders.common.annotation import ClipAnnotation
from data_builders.common.keeping import Stamp

REVISION = 1  # of what is in a file: raised when older ones must not be read


@dataclasses.dataclass(frozen=True)
class LandmarkCache:
    """The kept landmarks of one detector.

    Attributes:
      folder: where they lie, one file per clip.
      scratch: folder for unfinished files, on the same file system.
      detector: what the landmarks depend on besides the image; other detectors' are made again.
    """

    folder: Path
    scratch: Path
    detector: str

    def detect(
        self,
        clip: ClipAnnotation,
        stamps: Sequence[Stamp],
        images: np.ndarray,
        detector: faces.Detector,
    ) -> list[np.ndarray | None]:
        """Landmarks of each frame as `faces.detect_clip`, from the detector only where unknown.

        Args:
          clip: the clip that the frames are of.
          stamps: n stamps, taken before the images were read.
          images: uint8 [n, H, W].
          detector: the one that `self.detector` describes.
        """
        path = self.folder / keeping.file_name(clip)
        known = self._read(path)
        found = [
            known[stamp] if stamp in known else detector(image)
            for stamp, image in zip(stamps, images, strict=True)
        ]
        if not known.keys() >= set(stamps):
            names = {name for name, _, _ in stamps}  # of which older stamps are out of date
            others = {stamp: points for stamp, points in known.items() if stamp[0] not in names}
            self._write(path, others | dict(zip(stamps, found, strict=True)))
        return found

    def _read(self, path: Path) -> dict[Stamp, np.ndarray | None]:
        """The landmarks by stamp; none where the file is missing, damaged or another detector's."""
        header, arrays = keeping.load(path) or ({}, {})
        if header != self._header():
            return {}
        points = [None if np.isnan(row).any() else row for row in arrays["landmarks"]]
        return {
            (str(name), int(size), int(changed)): row
            for name, size, changed, row in zip(
                arrays["names"], arrays["sizes"], arrays["changed"], points, strict=True
            )
        }

    def _write(self, path: Path, known: dict[Stamp, np.ndarray | None]) -> None:
        names, sizes, changed = zip(*known, strict=True)
        none = np.full((faces.NUM_LANDMARKS, 2), np.nan)
        rows = [none if points is None else points for points in known.values()]
        arrays = {
            "names": np.array(names),
            "sizes": np.array(sizes, np.int64),
            "changed": np.array(changed, np.int64),
            "landmarks": np.array(rows, np.float32),
        }
        keeping.save(path, self.scratch, self._header(), arrays)

    def _header(self) -> dict[str, str | int]:
        return {"revision": REVISION, "detector": self.detector}
