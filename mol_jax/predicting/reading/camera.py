"""A camera as a recording: what it shows for some seconds, each frame at the time it came."""

import time
from collections.abc import Iterator

import cv2
import numpy as np

from data_builders.pixels.images import quiet
from mol_jax.errors import UserError
from mol_jax.predicting.reading import recording
from mol_jax.predicting.result import Recording

LONGEST = 600.0  # s
MOST = 2 * 10**9  # bytes of pictures, which are in memory together


class Camera(recording.Frames):
    """The frames that a camera gave in a stretch of time; they are kept nowhere but in memory."""

    def __init__(self, number: int, seconds: float | None):
        """Records. Raises UserError where there is no such camera, or it gives no picture."""
        if seconds is None:
            raise UserError(
                f"camera {number} has no end: give --seconds=10, or how long it is to record"
            )
        if not 0 < seconds <= LONGEST:
            raise UserError(f"--seconds is {seconds:g}, expected up to {LONGEST:g}")
        if number < 0:
            raise UserError(f"camera {number} is none: the first is 0")
        self._pictures, times = _record(number, seconds)
        height, width = self._pictures[0].shape[:2]
        self.numbers = recording.numbers_of(times)
        notes = tuple(recording.rate_note(times))
        if sum(image.nbytes for image in self._pictures) >= MOST:
            notes += (f"it ended after {times[-1]:.1f} s: more pictures would fill the memory",)
        self.recording = Recording(number, times, (width, height), notes)

    def grey(self, last: int | None = None) -> Iterator[np.ndarray]:
        """See `Frames.grey`."""
        for image in self._pictures[: len(self) if last is None else last + 1]:
            yield recording.shrunk(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))

    def picture(self, index: int) -> np.ndarray:
        """See `Frames.picture`."""
        return cv2.cvtColor(self._pictures[index], cv2.COLOR_BGR2RGB)


def _refuse_too_long(number: int, seconds: float, image: np.ndarray, rate: float) -> None:
    """Raises UserError where what is asked for fills the memory, before it is recorded.

    rate: pictures per second as the camera tells it, 0 where it does not.
    """
    most = MOST / (image.nbytes * rate) if rate > 0 else seconds
    if seconds > most:
        height, width = image.shape[:2]
        raise UserError(
            f"--seconds is {seconds:g}, but camera {number} gives {rate:g} pictures of {width}x"
            f"{height} px a second, and {most:.1f} s of these fill the memory: give "
            "fewer seconds, or record a video and give that"
        )


def _record(number: int, seconds: float) -> tuple[list[np.ndarray], np.ndarray]:
    """Returns the pictures of a camera, uint8 [H, W, 3] BGR, and their times, s from the first."""
    with quiet():
        camera = cv2.VideoCapture(number)
    try:
        if not camera.isOpened():
            raise UserError(f"there is no camera {number}, or another program holds it")
        images: list[np.ndarray] = []
        times: list[float] = []
        while not times or (
            times[-1] - times[0] < seconds and len(images) * images[0].nbytes < MOST
        ):
            good, image = camera.read()
            now = time.monotonic()
            if not good:
                break
            if not times:
                _refuse_too_long(number, seconds, image, camera.get(cv2.CAP_PROP_FPS))
            if not times or now > times[-1]:
                images.append(image)
                times.append(now)
    finally:
        camera.release()
    if not images:
        raise UserError(f"camera {number} gives no picture: see whether its cover is off")
    return images, np.array(times) - times[0]
