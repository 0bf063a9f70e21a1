"""A video file as a recording, read through the builders' reader: upright, in its own time.

A file that is cut or damaged gives the frames before the damage, and says so: here no later number
is shifted by what is lost, as it would be in a dataset.
"""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from data_builders.pixels.images import is_image
from data_builders.video import decoding, scanning
from data_builders.video.containers.inspection import inspect
from mol_jax.errors import UserError
from mol_jax.predicting.reading import recording
from mol_jax.predicting.result import Recording
from mol_jax.text.words import counted


class Video(recording.Frames):
    """The frames of a video that a player shows."""

    def __init__(self, file: Path, fps: float | None = None):
        """fps: in place of its time stamps, as of a high-speed camera whose file plays slowly.

        Raises UserError where there is no video in it, or it does not tell its frames' times.
        """
        recording.check_rate(fps)
        if is_image(file):
            raise UserError(
                f"{file} is one picture, in which nothing moves: give a video, or the folder of "
                "its images with --fps"
            )
        try:
            found = scanning.scan(file)
        except PermissionError as error:
            raise UserError(f"cannot read {file}: {error.strerror}") from error
        if not found.times:
            raise decoding.unreadable(file, file.stat().st_size)
        times, notes = _times(file, found, fps)
        self._file, self._at = file, -1
        self._stored: Iterator[np.ndarray] = iter(())
        self._picture = np.empty((0, 0, 3), np.uint8)
        self.numbers = recording.numbers_of(times)
        notes += tuple(recording.rate_note(times))
        self.recording = Recording(file, times, found.size, notes + _losses(file, found))

    def grey(self, last: int | None = None) -> Iterator[np.ndarray]:
        """See `Frames.grey`."""
        end = len(self) if last is None else last + 1
        for grey in self._decoded(end, decoding.Grey()):
            yield recording.shrunk(grey)

    def picture(self, index: int) -> np.ndarray:
        """See `Frames.picture`. A frame before the last one asked for is decoded from the start."""
        if index < self._at or self._at < 0:
            self._stored, self._at = self._coloured(), -1
        while self._at < index:
            self._picture = next(self._stored)
            self._at += 1
        return self._picture

    def _coloured(self) -> Iterator[np.ndarray]:
        pictures = self._decoded(len(self), decoding.Colour())
        return (cv2.cvtColor(picture, cv2.COLOR_BGR2RGB) for picture in pictures)

    def _decoded(self, count: int, convert: decoding.Colour) -> Iterator[np.ndarray]:
        """Yields the first pictures of the file."""
        with decoding.opened(self._file) as (container, stream):
            try:
                for at, picture in enumerate(decoding.decode(container, stream)):
                    yield convert(picture)
                    if at == count - 1:
                        return
            except decoding.DamageError:
                pass  # where the scan ended too
        raise UserError(f"{self._file} has changed while it was read: run the same command again")


def _times(
    file: Path, found: scanning.Scan, fps: float | None
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Returns when each picture is shown, s from the first, and what is to be said of it."""
    count = np.arange(len(found.times), dtype=np.float64)
    if fps is not None:
        return count / fps, (
            f"its frames are taken {1000 / fps:g} ms apart, as --fps={fps:g} says",
        )
    known = [time for time in found.times if time is not None]
    if len(known) < len(found.times) or not found.unit:
        raise UserError(
            f"{file} does not tell when its frames are shown: give --fps=30, or its rate"
        )
    times = np.array(known, np.float64) * found.unit
    steps = np.diff(times)
    if len(times) > 1 and not (steps > 0).any():
        raise UserError(f"{file} shows all its frames at one time: give --fps=30, or its rate")
    if (steps > 0).all():
        return times - times[0], ()
    usual = float(np.median(steps[steps > 0]))
    back = counted(int((steps <= 0).sum()), "place")
    note = f"its time stamps go back at {back}: frames are taken {1000 * usual:.1f} ms apart"
    return count * usual, (note,)


def _losses(file: Path, found: scanning.Scan) -> tuple[str, ...]:
    """Returns what of a file could not be read, in sentences."""
    layout = inspect(file, found.kind, found.stream)
    read = counted(len(found.times), "frame")
    if layout.cut:
        return (f"the file is cut short: the {read} that could be read are used",)
    if found.damaged or layout.broken is not None:
        return (f"the file is damaged: the {read} before or around the damage are used",)
    if found.lost and not found.begins_late:
        return (f"{counted(found.lost, 'frame')} of the file cannot be shown and are left out",)
    return ()
