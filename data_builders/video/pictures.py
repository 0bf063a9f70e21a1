"""Frames of a video file: which numbers there are, and their grey pixels.

What a number means is said in `timeline`. Nothing is ever sought: what a seek finds depends on the
codec, and a frame's number must not.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from data_builders.video import decoding, timeline
from mol_jax.errors import UserError

VIDEO_SUFFIXES = (
    *(".avi", ".mp4", ".m4v", ".mov", ".3gp", ".3g2", ".mkv", ".webm", ".wmv", ".asf", ".mpg"),
    *(".mpeg", ".ts", ".mts", ".m2ts", ".flv"),
)
FIRST = 1


@dataclasses.dataclass(frozen=True)
class VideoFrame:
    """Frame `number` of the video `file`, the first being 1, shows its `picture`, from 0 on."""

    file: Path
    number: int
    picture: int

    def __str__(self) -> str:
        return f"{self.file}, frame {self.number}"


def is_video(file: Path) -> bool:
    """Whether a file's name is a video's."""
    return file.suffix.lower() in VIDEO_SUFFIXES and not file.name.startswith(".")


def index_video(file: Path) -> dict[int, VideoFrame]:
    """Maps the numbers of a video's frames to them, in ascending order.

    Raises:
      UserError: see `timeline.measure`.
    """
    shown = timeline.measure(file).shown
    return {n: VideoFrame(file, n, picture) for n, picture in enumerate(shown, start=FIRST)}


def read_frames(frames: Sequence[VideoFrame]) -> Iterator[np.ndarray]:
    """Yields frames of one video, in ascending order, as grey uint8 [H, W].

    Raises:
      UserError: if one of them cannot be read.
    """
    at, image = -1, np.empty((0, 0), np.uint8)
    with decoding.opened(frames[0].file) as (container, stream):
        pictures, grey = decoding.decode(container, stream), decoding.Grey()
        for frame in frames:
            try:
                while at < frame.picture:
                    at, picture = at + 1, next(pictures)
                    if at == frame.picture:
                        image = grey(picture)
            except (StopIteration, decoding.DamageError) as error:
                raise UserError(f"{frame} cannot be read: copy the video again") from error
            yield image
