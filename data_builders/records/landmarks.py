"""Landmarks kept beside the built datasets: no frame is searched for a face twice.

One file per clip, DATA_DIR/NAME/landmarks/<subject>_<clip>-<hash>.npz: a hash of the pixels of each
frame, the landmarks of all its faces, and the detector that found them; whose face is a clip's is
chosen anew, see `person`. It serves every t, size, alignment and flow.
Deleting the folder costs time and nothing else.
"""

import dataclasses
import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from data_builders.annotations.annotation import ClipAnnotation
from data_builders.pixels import faces
from data_builders.records import keeping

REVISION = 3  # of what is in a file: raised when older ones must not be read


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
        self, clip: ClipAnnotation, images: Iterable[np.ndarray], detector: faces.Detector
    ) -> list[list[np.ndarray]]:
        """Of each frame the landmarks of all faces, from the detector only where unknown.

        Args:
          clip: the clip that the frames are of.
          images: uint8 [n, H, W].
          detector: the one that `self.detector` describes.
        """
        path = self.folder / keeping.file_name(clip)
        known = self._read(path)
        found, new = [], False
        for image in images:
            # By their pixels: names, sizes and times do not tell bitmaps apart that were renamed.
            key = hashlib.blake2b(image.tobytes(), digest_size=16, key=_shape(image)).hexdigest()
            if key not in known:
                known[key], new = faces.every_face(image, detector), True
            found.append(known[key])
        if new:
            self._write(path, known)
        return found

    def _read(self, path: Path) -> dict[str, list[np.ndarray]]:
        """The faces by hash; none where the file is missing, damaged or another detector's."""
        header, arrays = keeping.load(path) or ({}, {})
        if header != self._header():
            return {}
        ends = np.cumsum(arrays["faces"])[:-1]
        groups = [list(group) for group in np.split(arrays["landmarks"], ends)]
        return dict(zip(map(str, arrays["frames"]), groups, strict=True))

    def _write(self, path: Path, known: dict[str, list[np.ndarray]]) -> None:
        rows = [points for group in known.values() for points in group]
        arrays = {
            "frames": np.array(list(known)),
            "faces": np.array([len(group) for group in known.values()], np.int64),
            "landmarks": np.array(rows, np.float32).reshape(-1, faces.NUM_LANDMARKS, 2),
        }
        keeping.save(path, self.scratch, self._header(), arrays)

    def _header(self) -> dict[str, str | int]:
        return {"revision": REVISION, "detector": self.detector}


def _shape(image: np.ndarray) -> bytes:
    return repr(image.shape).encode()
