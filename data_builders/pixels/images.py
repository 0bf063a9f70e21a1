"""One image file as grey pixels, whatever its kind and its bits."""

import contextlib
import dataclasses
import stat
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from data_builders.pixels import image_size
from data_builders.video import scanning
from mol_jax.errors import UserError

IMAGE_SUFFIXES = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".dib", ".tif", ".tiff", ".webp"),
    *(".pgm", ".ppm", ".pbm", ".pnm", ".jp2", ".avif", ".gif"),
)
MAX_PIXELS = scanning.MAX_PIXELS
MAX_FILE = 9 * MAX_PIXELS  # bytes of an image file: eight a pixel, uncompressed, and some
# How files begin that hold 8 bits a channel and never more: JPEG, BMP, GIF, WebP.
SHALLOW = (b"\xff\xd8", b"BM", b"GIF8", b"RIFF")
BGR = (0.114, 0.587, 0.299)  # to grey, as in JPEG and everywhere in OpenCV
TIFF = (b"II", b"MM")
PNG, PNG_BITS = b"\x89PNG", 24  # and where in it the number of bits stands


@dataclasses.dataclass(frozen=True)
class Whites:
    """What is white in images that are not of 8 bits: one value for all images of a dataset.

    Attributes:
      integer: in images of integers, such as 4095 where a camera of 12 bits filled files of 16.
      real: in images of floating-point numbers.
    """

    integer: int = 65535
    real: float = 1.0

    def grey(self, image: np.ndarray) -> np.ndarray:
        """Grey of any type [H, W] as uint8: black is 0, white 255; 8 bits are left as they are."""
        if image.dtype == np.uint8:
            return image
        white = self.real if image.dtype.kind == "f" else self.integer
        return np.round(np.clip(image / white, 0, 1) * 255).astype(np.uint8)


FULL = Whites()


def is_image(file: Path) -> bool:
    """Whether a file's name is an image's."""
    return file.suffix.lower() in IMAGE_SUFFIXES and not file.name.startswith(".")


def read_grey(file: Path, whites: Whites = FULL) -> np.ndarray:
    """Reads one image as grey uint8 [H, W].

    Raises:
      UserError: as `read_values`.
    """
    return whites.grey(read_values(file))


def read_values(file: Path) -> np.ndarray:
    """Reads one image as the grey values [H, W] that it holds, none of them negative.

    Colours become grey, and transparency is left out; 8 bits and fewer come as uint8.

    Raises:
      UserError: if the file cannot be read, is no image, was cut short, is too large, or holds
        values that are negative or no numbers.
    """
    data = _bytes(file)
    if image_size.is_deep_negative(data):
        raise UserError(
            f"{file} is a negative (TIFF, 0 is white) of more than 8 bits: save it as PNG, or as "
            "TIFF in which 0 is black"
        )
    if image_size.is_stack(data):
        raise UserError(
            f"{file} holds several images, expected one frame: save each as a file of its own"
        )
    refuse_size(file, *image_size.claimed_size(data))  # before a few kB become gigabytes
    image = None if not data or image_size.is_cut_png(data) else _decode(data)
    if image is None:
        raise UserError(
            f"{file} is damaged or no image ({file.stat().st_size} bytes): copy it again from the "
            "original, or save it as PNG if OpenCV cannot read its kind"
        )
    if image.dtype != np.uint8:
        _refuse_values(file, image)
        return image
    white = image_size.netpbm_white(data)
    return image if white == 255 else Whites(integer=white).grey(image.astype(np.uint16))


def may_be_deep(file: Path) -> bool:
    """Whether a file may hold more than 8 bits a channel, by its first bytes.

    Raises:
      UserError: if it cannot be read.
    """
    try:
        _refuse_irregular(file, file.stat())
        with file.open("rb") as stream:
            head = stream.read(PNG_BITS + 1)
    except OSError as error:
        raise _unreadable(file, error) from error
    if head.startswith(PNG):
        return head[PNG_BITS:] > bytes([8])
    return not head.startswith(SHALLOW)


def _bytes(file: Path) -> bytes:
    """What is in a file; nothing where it is too large for an image."""
    try:
        status = file.stat()
        _refuse_irregular(file, status)
        return file.read_bytes() if status.st_size <= MAX_FILE else b""
    except OSError as error:
        raise _unreadable(file, error) from error


def _refuse_irregular(file: Path, status) -> None:
    if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for, a device read for ever
        raise UserError(f"cannot read the image {file}: it is a folder, a pipe or a device")


def _unreadable(file: Path, error: OSError) -> UserError:
    return UserError(f"cannot read the image {file}: {error.strerror}")


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Silences OpenCV, which prints what is wrong with an image; around threads that read some."""
    level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(level)


def _decode(data: bytes) -> np.ndarray | None:
    # imdecode and not imread: imread cannot open every path on every system.
    pixels = np.frombuffer(data, np.uint8)
    try:
        with quiet():
            image = cv2.imdecode(pixels, cv2.IMREAD_GRAYSCALE | cv2.IMREAD_ANYDEPTH)
            if image is None and data[:2] in TIFF:  # its floating-point colours are no grey
                image = cv2.imdecode(pixels, cv2.IMREAD_ANYCOLOR | cv2.IMREAD_ANYDEPTH)
    except cv2.error:  # for example a header that claims a gigapixel
        return None
    if image is not None and image.ndim == 3:
        grey = image[..., :3] @ np.array(BGR)  # OpenCV's own takes no doubles
        image = grey if image.dtype.kind == "f" else np.rint(grey).astype(np.int64)
    return image


def _refuse_values(file: Path, image: np.ndarray) -> None:
    lowest = image.min()
    if not np.isfinite(image.max()) or not np.isfinite(lowest):
        raise UserError(
            f"{file} holds values that are no numbers (NaN or infinite): save it again as an image "
            "of 8 or 16 bits"
        )
    if lowest < 0:
        raise UserError(
            f"{file} holds negative values, down to {lowest:g}: save it as an image whose black is "
            "0, all images with one and the same shift"
        )


def refuse_size(file: object, width: int, height: int) -> None:
    """Raises UserError for an image, or frame, of more than `MAX_PIXELS`."""
    if width * height > MAX_PIXELS:
        raise UserError(
            f"{file} is {width}x{height} px, expected at most {MAX_PIXELS / 1e6:.0f} million: make "
            "the images smaller, or copy it again if it is not so large"
        )
