"""Frames of a video file, decoded from its beginning through OpenCV.

The first frame is number 1, as ffmpeg numbers the images it extracts. Nothing is ever sought: what
a seek finds depends on the codec, and a frame's number must not.
"""

import contextlib
import dataclasses
import functools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from mol_jax.errors import UserError

VIDEO_SUFFIXES = (".avi", ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".wmv", ".mpg", ".mpeg")
FIRST = 1
MAX_PIXELS = 40_000_000  # of a frame: an 8K video has 33 million
# Of the length in a file's header, which some formats estimate: 2 frames and a twentieth.
SLACK, SLACK_RATE = 2, 0.05
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # what it prints is said by UserError


@dataclasses.dataclass(frozen=True)
class VideoFrame:
    """Frame `number` of the video `file`; the first is number 1."""

    file: Path
    number: int

    def __str__(self) -> str:
        return f"{self.file}, frame {self.number}"


def is_video(file: Path) -> bool:
    """Whether a file's name is a video's."""
    return file.suffix.lower() in VIDEO_SUFFIXES and not file.name.startswith(".")


def count_frames(file: Path) -> int:
    """How many frames a video has: all of them are decoded, since headers are not to be trusted.

    Raises:
      UserError: if it is no video, too large, or far shorter than its header says.
    """
    try:
        stat = file.stat()
    except OSError as error:
        raise UserError(f"cannot read the video {file}: {error.strerror}") from error
    return _count(file, stat.st_size, stat.st_mtime_ns)


@functools.lru_cache(maxsize=1024)  # a long recording may hold many clips
def _count(file: Path, size: int, changed: int) -> int:
    """As `count_frames`; size and changed tell two files of one name apart."""
    with _opened(file) as capture:
        width = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH))
        height = int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
        if width * height > MAX_PIXELS:
            raise UserError(
                f"{file} is {width}x{height} px, expected at most {MAX_PIXELS / 1e6:.0f} million: "
                "make it smaller"
            )
        claimed = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
        count = 0
        while capture.grab():
            count += 1
    if not count:
        raise _damaged(file, size)
    if count < claimed * (1 - SLACK_RATE) - SLACK:
        raise UserError(
            f"{file} is cut short, {count} of its {claimed} frames can be read: copy it again, or "
            "extract those frames as images"
        )
    return count


def read_frames(frames: Sequence[VideoFrame]) -> Iterator[np.ndarray]:
    """Yields frames of one video, in ascending order, as grey uint8 [H, W].

    Raises:
      UserError: if one of them cannot be read.
    """
    file, at = frames[0].file, FIRST
    with _opened(file) as capture:
        for frame in frames:
            while at < frame.number and capture.grab():
                at += 1
            found, image = capture.read()
            if not found:
                raise UserError(f"{frame} cannot be read: copy the video again")
            at += 1
            yield cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) if image.ndim == 3 else image


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[cv2.VideoCapture]:
    # FFmpeg alone: other backends take file names for devices or for patterns of image names.
    capture = cv2.VideoCapture()
    level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        if not capture.open(str(file), cv2.CAP_FFMPEG):
            raise _damaged(file, file.stat().st_size)
        yield capture
    finally:
        cv2.utils.logging.setLogLevel(level)
        capture.release()


def _damaged(file: Path, size: int) -> UserError:
    return UserError(
        f"{file} is damaged or no video that OpenCV can read ({size} bytes): copy it again, or "
        "extract its frames as images"
    )
