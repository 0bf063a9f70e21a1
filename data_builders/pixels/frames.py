"""Frames of a clip on disk: which numbers there are, and their grey pixels."""

import functools
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from data_builders.pixels.images import FULL, Whites, read_grey, refuse_size
from data_builders.pixels.numbering import number_images
from data_builders.video import pictures
from data_builders.video.pictures import VideoFrame
from mol_jax.errors import UserError

MAX_CLIP = 4 * 10**9  # bytes of a clip's grey pixels, which are in memory together
# Since a folder's last change: a younger one may change again within one tick of its clock.
SETTLED = 10 * 10**9  # ns


def index_frames(source: Path) -> dict[int, Path | VideoFrame]:
    """Maps frame number to image file, or to frame of a video, in ascending order.

    In a folder it is the number that tells the images' names apart, see `numbering`; hidden files
    and files that are no image are ignored. Of a video, frame n is the n-th picture that a player
    shows: see `timeline`.

    A long recording may hold many clips: its folder is read again only if it changed.

    Raises:
      UserError: if the images' numbers cannot be told, as `numbering.number_images`, or if a video
        cannot be read.
    """
    if source.is_file():
        return {**pictures.index_video(source)}
    status = source.stat()
    settled = time.time_ns() - status.st_mtime_ns > SETTLED
    stamp = (status.st_dev, status.st_ino, status.st_mtime_ns)
    return {**(_index_settled(source, stamp) if settled else _index_folder(source))}


@functools.lru_cache(maxsize=2)  # clips come in the order of their folders, which may be huge
def _index_settled(source: Path, stamp: tuple[int, ...]) -> dict[int, Path]:
    """As `_index_folder`; the stamp tells the folder from others of its name, and older states."""
    return _index_folder(source)


def _index_folder(source: Path) -> dict[int, Path]:
    return number_images(source.iterdir())


def read_clip(files: Sequence[Path | VideoFrame], whites: Whites = FULL) -> np.ndarray:
    """Reads the frames of one clip as grey uint8 [n, H, W].

    whites: of images of more than 8 bits, as they are for the whole dataset.

    Raises:
      UserError: if one cannot be read, if their sizes differ, or if they are too large or too many.
    """
    images = np.empty((len(files), 0, 0), np.uint8)
    for at, (file, image) in enumerate(zip(files, _read(files, whites), strict=True)):
        if at == 0:
            _refuse_large(file, image, len(files))
            images = np.empty((len(files), *image.shape), np.uint8)
        if image.shape != images[0].shape:
            raise two_sizes(file, image.shape, images[0].shape)
        images[at] = image
    return images


def _read(files: Sequence[Path | VideoFrame], whites: Whites) -> Iterator[np.ndarray]:
    of_video = [file for file in files if isinstance(file, VideoFrame)]
    if of_video:
        return pictures.read_frames(of_video)
    return (read_grey(file, whites) for file in files if isinstance(file, Path))


def _refuse_large(file: Path | VideoFrame, image: np.ndarray, count: int) -> None:
    refuse_size(file, image.shape[1], image.shape[0])
    if count * image.size > MAX_CLIP:
        raise too_long(file, count, image.shape)


def too_long(file: Path | VideoFrame, count: int, shape: tuple[int, ...]) -> UserError:
    """The refusal of a clip that would fill the memory; `file` is its first frame."""
    size = count * shape[0] * shape[1] / 1e9
    return UserError(
        f"the clip that begins with {file} has {count} frames of {_size(shape)} px, "
        f"{size:.1f} GB of the {MAX_CLIP / 1e9:g} GB a clip may take: give "
        "its onset and offset, or make its images smaller"
    )


def two_sizes(file: Path | VideoFrame, shape: tuple[int, ...], first: tuple[int, ...]) -> UserError:
    """The refusal of a frame that is not as large as the first of its clip."""
    return UserError(
        f"{file} is {_size(shape)} px, the clip's first frame {_size(first)}: the frames of a clip "
        "have one size"
    )


def _size(shape: tuple[int, ...]) -> str:
    return f"{shape[1]}x{shape[0]}"
