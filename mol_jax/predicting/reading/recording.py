"""A recording as a row of frames: times, grey pixels in order, and colour pictures to draw on.

Nothing holds all its pixels: whoever needs the grey frames reads them once more from the beginning.
A picture whose longer side is more than `HELD` px is made smaller by a whole factor as it is read;
such grey pixels are "held" ones, and `to_recording` brings their points back.
"""

import abc
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np

from mol_jax.errors import UserError
from mol_jax.predicting.result import Recording

HELD = 2048  # px; the largest frames of a dataset, SAMM's, are 2040 px wide and left as they are
JITTER = 0.5  # of a frame: as far as time stamps of a steady rate lie from it
MS = 1000


class Frames(abc.ABC):
    """The N frames of a recording.

    recording: its times, its size as it is shown, and what is odd about it. numbers: int64 [N],
    ascending, by which the builder's code takes its even sample: the frames' numbers where the rate
    is steady, else milliseconds.
    """

    recording: Recording
    numbers: np.ndarray

    @abc.abstractmethod
    def grey(self, last: int | None = None) -> Iterator[np.ndarray]:
        """Yields the held grey pixels uint8 [h, w] of frames 0 to `last`, or of all."""

    @abc.abstractmethod
    def picture(self, index: int) -> np.ndarray:
        """Returns frame `index` in colours, uint8 [H, W, 3] RGB. Quick where frames are in turn."""

    def __len__(self) -> int:
        return len(self.recording.times)

    @property
    def factor(self) -> int:
        """By how much a picture is made smaller to be held; 1 for all that are not huge."""
        return -(-max(self.recording.size) // HELD)

    def to_recording(self, points: np.ndarray) -> np.ndarray:
        """Takes points [..., 2] of the held pixels to those of the recording.

        A held pixel is the mean of factor×factor pixels, and its centre theirs.
        """
        return np.asarray(points * self.factor + (self.factor - 1) / 2, points.dtype)

    def to_held(self) -> np.ndarray:
        """Returns the transform [2, 3] from px of the recording to px of what is held."""
        shift = (self.factor - 1) / (2 * self.factor)
        return np.array([[1 / self.factor, 0, -shift], [0, 1 / self.factor, -shift]])


def shrunk(image: np.ndarray) -> np.ndarray:
    """Returns a picture [H, W] as it is held."""
    factor = -(-max(image.shape) // HELD)
    if factor == 1:
        return image
    height, width = (side // factor for side in image.shape)
    cut = image[: factor * height, : factor * width]  # so that each pixel is a mean of whole ones
    return cv2.resize(cut, (width, height), interpolation=cv2.INTER_AREA)


def is_steady(times: np.ndarray) -> bool:
    """Tells whether frames at these times [N] s come at one rate, but for the clock's rounding."""
    if len(times) < 3:
        return True
    drift = times - times[0] - np.arange(len(times)) * step(times)
    return bool(np.abs(drift).max() < JITTER * step(times))


def step(times: np.ndarray) -> float:
    """Returns the seconds from a frame to the next of a steady rate, between the first and last."""
    return float(times[-1] - times[0]) / max(1, len(times) - 1)


def numbers_of(times: np.ndarray, first: int = 1) -> np.ndarray:
    """Returns the numbers of frames at these times: counted from `first`, or milliseconds."""
    if is_steady(times):
        return first + np.arange(len(times), dtype=np.int64)
    stamps = np.rint(MS * (times - times[0])).astype(np.int64)
    return np.maximum.accumulate(stamps - np.arange(len(times))) + np.arange(len(times))


def rate_note(times: np.ndarray) -> Iterable[str]:
    """Yields what is to be said of a rate that varies."""
    if is_steady(times):
        return
    steps = np.diff(times)
    yield (
        f"the frame rate varies: {MS * steps.min():.0f} to {MS * steps.max():.0f} ms from a frame "
        "to the next; windows are cut by time, and of each the frames nearest to an even sample in "
        "time are shown"
    )


def open_recording(
    source: Path | int, *, fps: float | None = None, seconds: float | None = None
) -> Frames:
    """Opens a video file, a folder of images, or a camera.

    source: a path, or the number of a camera, 0 for the first. fps: frames per second of a folder;
    of a video, in place of its time stamps. seconds: how long a camera records.

    Raises UserError where there is nothing to read or fewer than two frames, and for a rate of a
    camera or a length of what is no camera.
    """
    if fps is not None and isinstance(source, int):
        raise UserError(f"camera {source} tells the times of its frames itself: leave --fps out")
    if seconds is not None and not isinstance(source, int):
        raise UserError(f"--seconds is of a camera, and {source} is none: leave it out")
    if isinstance(source, int):
        from mol_jax.predicting.reading.camera import Camera  # noqa: PLC0415  each of its own kind only

        return _enough(Camera(source, seconds))
    try:
        found = source.stat()
    except OSError as error:
        raise UserError(
            f"cannot read {source} ({error.strerror}): give a video, a folder of images, or the "
            "number of a camera, 0 for the first"
        ) from error
    if source.is_dir():
        from mol_jax.predicting.reading.image_folder import ImageFolder  # noqa: PLC0415

        return _enough(ImageFolder(source, fps))
    from mol_jax.predicting.reading.video import Video  # noqa: PLC0415

    if not found.st_size:
        raise UserError(f"{source} is empty: copy it again")
    return _enough(Video(source, fps))


def _enough(frames: Frames) -> Frames:
    if len(frames) < 2:
        source = frames.recording.source
        what = f"camera {source}" if isinstance(source, int) else source
        raise UserError(
            f"{what} has one frame, and in one picture nothing moves: give a video, or a folder of "
            "images in the order of time"
        )
    return frames


def check_rate(fps: float | None) -> None:
    """Raises UserError for a rate that no camera has."""
    if fps is not None and not 0.1 <= fps <= 100_000:
        raise UserError(f"--fps is {fps:g}, expected frames per second, such as 30")
