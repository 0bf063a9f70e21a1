"""Frames of a clip on disk: which numbers there are, and their grey pixels."""

import re
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from mol_jax.errors import UserError

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".bmp", ".png")


def index_frames(folder: Path) -> dict[int, Path]:
    """Maps frame number to image file, in ascending order.

    The number is the last run of digits in the file's stem, because prefix and padding vary between
    datasets and even between clips. Hidden files and files that are no image are ignored.

    Raises:
      UserError: if two images of the folder carry the same number.
    """
    found: dict[int, Path] = {}
    for file in sorted(folder.iterdir()):
        digits = re.findall(r"\d+", file.stem)
        if file.name.startswith(".") or file.suffix.lower() not in IMAGE_SUFFIXES or not digits:
            continue
        number = int(digits[-1])
        if number in found:
            raise UserError(
                f"{folder} has two images for frame {number}, {found[number].name} and "
                f"{file.name}: remove the wrong one"
            )
        found[number] = file
    return dict(sorted(found.items()))


def read_grey(file: Path) -> np.ndarray:
    """Reads one image as grey uint8 [H, W].

    Raises:
      UserError: if the file cannot be read, is no image, or was cut short.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UserError(f"cannot read the image {file}: {error.strerror}") from error
    image = _decode(data) if data else None
    if image is None:
        raise UserError(
            f"{file} is damaged or no image ({len(data)} bytes): copy it again from the original"
        )
    return image


def _decode(data: bytes) -> np.ndarray | None:
    # imdecode and not imread: imread cannot open every path on every system.
    try:
        return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error:  # for example a header that claims a gigapixel
        return None


def read_clip(files: Sequence[Path]) -> np.ndarray:
    """Reads the frames of one clip as grey uint8 [n, H, W]; they must all have one size."""
    images = [read_grey(file) for file in files]
    for file, image in zip(files, images, strict=True):
        if image.shape != images[0].shape:
            raise UserError(
                f"{file} is {image.shape[1]}x{image.shape[0]} px, the clip's first frame "
                f"{images[0].shape[1]}x{images[0].shape[0]}: the frames of a clip have one size"
            )
    return np.stack(images)
