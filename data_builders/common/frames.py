"""Frames of a clip on disk: which numbers there are, and their grey pixels."""

import functools
import re
import stat
import struct
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from data_builders.common import scanning, video
from data_builders.common.video import VideoFrame
from mol_jax.errors import UserError

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".bmp", ".png")
LARGEST_NUMBER = 10**18  # of a frame: below 2^63
# What Windows and macOS call a copy of img46.jpg: its last number is not the frame's.
COPY = re.compile(r"(.*\d)(?: ?\(\d+\)| - Copy \(\d+\)| \d{1,2})")
MAX_PIXELS = scanning.MAX_PIXELS
MAX_FILE = 5 * MAX_PIXELS  # bytes of an image file: four a pixel, uncompressed, and some
MAX_CLIP = 4 * 10**9  # bytes of a clip's grey pixels, which are in memory together
# Since a folder's last change: a younger one may change again within one tick of its clock.
SETTLED = 10 * 10**9  # ns


def index_frames(source: Path) -> dict[int, Path | VideoFrame]:
    """Maps frame number to image file, or to frame of a video, in ascending order.

    In a folder the number is the last run of digits in the file's stem, because prefix and padding
    vary between datasets and even between clips; hidden files and files that are no image are
    ignored. Of a video, frame n is the n-th picture that a player shows: see `timeline`.

    A long recording may hold many clips: its folder is read again only if it changed.

    Raises:
      UserError: if two images of the folder carry the same number, one is a copy of another or
        carries more than 18 digits, or if a video cannot be read.
    """
    if source.is_file():
        return {**video.index_video(source)}
    status = source.stat()
    settled = time.time_ns() - status.st_mtime_ns > SETTLED
    stamp = (status.st_dev, status.st_ino, status.st_mtime_ns)
    return {**(_index_settled(source, stamp) if settled else _index_folder(source))}


@functools.lru_cache(maxsize=2)  # clips come in the order of their folders, which may be huge
def _index_settled(source: Path, stamp: tuple[int, ...]) -> dict[int, Path]:
    """As `_index_folder`; the stamp tells the folder from others of its name, and older states."""
    return _index_folder(source)


def _index_folder(source: Path) -> dict[int, Path]:
    found: dict[int, Path] = {}
    files = sorted(source.iterdir())
    names = {file.name for file in files}
    for file in files:
        digits = re.findall(r"\d+", file.stem)
        if not is_image(file) or not digits:
            continue
        copy = COPY.fullmatch(file.stem)
        if copy and copy[1] + file.suffix in names:
            raise UserError(f"{file} is a copy of {copy[1]}{file.suffix}: remove it")
        number = int(digits[-1])
        if number in found:
            raise UserError(
                f"{source} has two images for frame {number}, {found[number].name} and "
                f"{file.name}: remove the wrong one"
            )
        if number >= LARGEST_NUMBER:
            raise UserError(f"{file} is numbered {number}: rename the images to 18 digits at most")
        found[number] = file
    return dict(sorted(found.items()))


def is_image(file: Path) -> bool:
    """Whether a file's name is an image's."""
    return file.suffix.lower() in IMAGE_SUFFIXES and not file.name.startswith(".")


def read_grey(file: Path) -> np.ndarray:
    """Reads one image as grey uint8 [H, W].

    Raises:
      UserError: if the file cannot be read, is no image, was cut short, or is too large.
    """
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for, a device read for ever
            raise UserError(f"cannot read the image {file}: it is a folder, a pipe or a device")
        data = file.read_bytes() if status.st_size <= MAX_FILE else b""
    except OSError as error:
        raise UserError(f"cannot read the image {file}: {error.strerror}") from error
    width, height = _header_size(data)
    _refuse_pixels(file, width, height)  # before a few kB of file become gigabytes of pixels
    image = _decode(data) if data else None
    if image is None:
        raise UserError(
            f"{file} is damaged or no image ({status.st_size} bytes): copy it again from the "
            "original"
        )
    return image


def _header_size(data: bytes) -> tuple[int, int]:
    """Width and height that a PNG, BMP or JPEG file claims; zeros where it is none of these."""
    if data.startswith(b"\x89PNG") and len(data) >= 24:
        return struct.unpack_from(">II", data, 16)
    if data.startswith(b"BM") and len(data) >= 26:
        of_os2 = data[14] == 12
        width, height = struct.unpack_from("<HH" if of_os2 else "<ii", data, 18)
        return abs(width), abs(height)  # the height is negative where the top row comes first
    at = 2 if data.startswith(b"\xff\xd8") else len(data)
    while at + 9 <= len(data) and data[at] == 0xFF:
        kind, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):  # the start of the frame
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 1 if kind == 0xFF else 2 + length
    return 0, 0


def _decode(data: bytes) -> np.ndarray | None:
    level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        # imdecode and not imread: imread cannot open every path on every system.
        return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error:  # for example a header that claims a gigapixel
        return None
    finally:
        cv2.utils.logging.setLogLevel(level)


def read_clip(files: Sequence[Path | VideoFrame]) -> np.ndarray:
    """Reads the frames of one clip as grey uint8 [n, H, W].

    Raises:
      UserError: if one cannot be read, if their sizes differ, or if they are too large or too many.
    """
    images = np.empty((len(files), 0, 0), np.uint8)
    for at, (file, image) in enumerate(zip(files, _read(files), strict=True)):
        if at == 0:
            _refuse_large(file, image, len(files))
            images = np.empty((len(files), *image.shape), np.uint8)
        if image.shape != images[0].shape:
            raise UserError(
                f"{file} is {_size(image)} px, the clip's first frame {_size(images[0])}: the "
                "frames of a clip have one size"
            )
        images[at] = image
    return images


def _read(files: Sequence[Path | VideoFrame]) -> Iterator[np.ndarray]:
    of_video = [file for file in files if isinstance(file, VideoFrame)]
    if of_video:
        return video.read_frames(of_video)
    return (read_grey(file) for file in files if isinstance(file, Path))


def _refuse_large(file: Path | VideoFrame, image: np.ndarray, count: int) -> None:
    _refuse_pixels(file, image.shape[1], image.shape[0])
    if count * image.size > MAX_CLIP:
        raise UserError(
            f"the clip that begins with {file} has {count} frames of {_size(image)} px, "
            f"{count * image.size / 1e9:.1f} GB of the {MAX_CLIP / 1e9:g} GB a clip may take: give "
            "its onset and offset, or make its images smaller"
        )


def _refuse_pixels(file: Path | VideoFrame, width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise UserError(
            f"{file} is {width}x{height} px, expected at most {MAX_PIXELS / 1e6:.0f} million: make "
            "the images smaller, or copy it again if it is not so large"
        )


def _size(image: np.ndarray) -> str:
    return f"{image.shape[1]}x{image.shape[0]}"
