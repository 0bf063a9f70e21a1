"""A trained run on a recording: faces found and followed, windows shown, intervals spotted.

Three times the recording is read from its beginning: for the faces, for the windows and the
spotter, and for what was spotted.
"""

import collections
import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from rich.console import Console

from data_builders.pixels.faces import Detector
from mol_jax.data.row import record_settings
from mol_jax.errors import UserError
from mol_jax.predicting import clock as timed
from mol_jax.predicting import learned, spans
from mol_jax.predicting.clock import Clock
from mol_jax.predicting.learned import Learned
from mol_jax.predicting.learned_watch import LearnedWatch
from mol_jax.predicting.models.model import Model
from mol_jax.predicting.reading.detection import own_detector, smallest
from mol_jax.predicting.reading.following import Followed, faces_of
from mol_jax.predicting.reading.recording import Frames, open_recording, step
from mol_jax.predicting.result import Face, Result, Window
from mol_jax.predicting.showing import Showing, Stretch, windows_of
from mol_jax.predicting.watch import Watch
from mol_jax.spotting.known import false_alarms
from mol_jax.terminal import out
from mol_jax.text.words import counted

DURATION, STRIDE = 0.5, 0.25  # s: what is longer than half a second is no micro-expression
Which = Literal["largest", "all"]


def predict(
    model: Model,
    source: Path | int | Frames,
    *,
    duration: float = DURATION,
    stride: float = STRIDE,
    faces: Which = "largest",
    spotter: str | None = "flow",
    fps: float | None = None,
    seconds: float | None = None,
    detector: Detector | None = None,
    console: Console | None = None,
    clock: Clock | None = None,
) -> Result:
    """Returns what a run's models say of a recording.

    source: a video, a folder of images, the number of a camera, or what `open_recording` returned.
    duration, stride: of the windows, s. faces: "largest", the most prominent, or "all". spotter: of
    `mol_jax.spotting.spotters`, or "learned" (`mol_jax.learned`); None spots nothing. fps, seconds:
    see `open_recording`. detector: of faces; the builders' where none is given. console: for
    progress. clock: is told where the time goes.

    Raises UserError where the recording cannot be read, or no face is in it, and for options that
    there are not, before any work.
    """
    spans.check(duration, stride)
    if faces not in get_args(Which):
        raise UserError(f"faces is {faces!r}, expected one of {', '.join(get_args(Which))}")
    if isinstance(source, Frames) and (fps is not None or seconds is not None):
        raise UserError("fps and seconds are of `open_recording`: leave them out of what is open")
    about = model.about
    taught = learned.read(model) if spotter == learned.NAME else None
    if spotter is not None:  # one that there is not is refused before the work
        alarms = false_alarms(spotter) if taught is None else taught.line
        about = dataclasses.replace(about, false_alarms=f"{alarms}.")
    clock, console = clock or Clock(), console or out.console(stderr=True)
    with clock.spends(timed.READING):
        frames = (
            source
            if isinstance(source, Frames)
            else open_recording(source, fps=fps, seconds=seconds)
        )
    if isinstance(source, int):
        clock.restart()  # what it filmed is no work
    with clock.spends(timed.FACES):
        images = _timed(frames.grey(), clock, timed.READING)
        finder = detector or own_detector()
        followed = faces_of(frames, images, finder, console, every=faces == "all")
    if not followed:
        raise _no_face(frames)
    showing = Showing(model, frames, followed, clock)
    length = (duration, stride)
    made = _predicted(frames, followed, showing, taught or spotter, model, length, clock)
    notes = _notes(frames, followed, made, showing, length, faces)
    times = frames.recording.times
    return Result(
        about=about,
        recording=dataclasses.replace(frames.recording, notes=frames.recording.notes + notes),
        faces=made,
        duration=duration,
        stride=stride,
        real_time=clock.total / (times[-1] - times[0] + step(times)),
    )


def _predicted(
    frames: Frames,
    followed: Sequence[Followed],
    showing: Showing,
    spotter: Learned | str | None,
    model: Model,
    length: tuple[float, float],
    clock: Clock,
) -> tuple[Face, ...]:
    """Returns the faces with their windows, and with what is spotted in them."""
    times = frames.recording.times
    watch: Watch | LearnedWatch | None = None
    if isinstance(spotter, Learned):
        with clock.spends(timed.SPOTTING):
            watch = LearnedWatch(model, frames, followed, spotter)
    elif spotter is not None:
        watch = Watch(followed, times, spotter, record_settings(model.config).size)
    planned = windows_of(followed, times, *length)
    end = max(int(face.frames[-1]) for face in followed)
    if showing.by_person:
        images = _timed(frames.grey(end), clock, timed.READING)
        showing.measure(_with_pixels(planned, images))
    images = _timed(frames.grey(end), clock, timed.READING)
    if watch is not None:
        images = _timed(watch.through(images), clock, timed.SPOTTING)
    windows = _of_faces(showing, planned, images, len(followed))
    if watch is None:
        return tuple(map(_face, range(len(followed)), followed, windows, [frames] * len(followed)))
    collections.deque(images, maxlen=0)  # a spotter sees the frames after the last window too
    spotted = [
        Stretch(number, one.onset, one.offset, one.apex)
        for number, intervals in enumerate(watch.intervals)
        for one in intervals
    ]
    last = max((stretch.last for stretch in spotted), default=-1)
    images = _timed(frames.grey(last), clock, timed.READING) if spotted else iter(())
    of_intervals = _of_faces(showing, spotted, images, len(followed))
    return tuple(
        dataclasses.replace(
            _face(number, face, windows[number], frames),
            intervals=tuple(watch.intervals[number]),
            signal=watch.signals[number],
            of_intervals=tuple(of_intervals[number]),
        )
        for number, face in enumerate(followed)
    )


def _timed(images: Iterable[np.ndarray], clock: Clock, what: str) -> Iterator[np.ndarray]:
    """Yields images; what it takes to make them is spent on `what`."""
    source = iter(images)
    while True:
        with clock.spends(what):
            image = next(source, None)
        if image is None:
            return
        yield image


def _of_faces(
    showing: Showing, stretches: Sequence[Stretch], images: Iterable[np.ndarray], faces: int
) -> list[list[Window]]:
    """Returns what is said of stretches, a list for each face, in the order they were given."""
    shown = showing.windows(_with_pixels(stretches, images))
    said = {(s.face, s.first, s.last): window for s, window in shown}
    found: list[list[Window]] = [[] for _ in range(faces)]
    for stretch in stretches:
        found[stretch.face].append(said[stretch.face, stretch.first, stretch.last])
    return found


def _with_pixels(
    stretches: Sequence[Stretch], images: Iterable[np.ndarray]
) -> Iterator[tuple[Stretch, list[np.ndarray]]]:
    return spans.with_pixels(images, [((one.first, one.last), one) for one in stretches])


def _face(number: int, face: Followed, windows: Sequence[Window], frames: Frames) -> Face:
    landmarks = frames.to_recording(face.landmarks)
    stretches = face.stretches
    return Face(number, face.frames, landmarks, face.found, tuple(windows), stretches=stretches)


def _no_face(frames: Frames) -> UserError:
    return UserError(
        f"no face was found in any of the {counted(len(frames), 'frame')} of "
        f"{frames.recording.source}: it must look at the camera, upright and lit, and be at "
        f"least {smallest(frames.recording.size, frames.factor)} px wide"
    )


def _notes(
    frames: Frames,
    followed: Sequence[Followed],
    made: Sequence[Face],
    showing: Showing,
    length: tuple[float, float],
    which: Which,
) -> tuple[str, ...]:
    """Returns what is to be said of the faces and windows of a recording."""
    notes, total, times, duration = [], len(frames), frames.recording.times, length[0]
    known = made[0].frames[made[0].known]
    shown = [(window.first, window.last) for window in made[0].windows]
    if which == "largest" and followed[0].crowded:
        notes.append(
            f"other faces are in {followed[0].crowded} of {total} frames: the most prominent one "
            "is followed, --faces=all follows each"
        )
    absent = total - int(followed[0].found.sum())
    if absent:
        notes.append(f"the first face was not found in {absent} of {total} frames")
    parts = len(followed[0].stretches)
    if parts > 1:
        notes.append(
            f"the first face leaps or is away {counted(parts - 1, 'time')}: none of its windows "
            "goes over that"
        )
    if times[-1] - times[0] < duration - spans.ROUNDING:
        notes.append(
            f"it is shorter than a window of {duration:g} s: one window over all its "
            f"{times[-1] - times[0]:.2f} s"
        )
    notes += spans.notes(times, known, shown, *length)
    if showing.repeated:
        notes.append(
            f"in {counted(showing.repeated, 'window')} there are fewer frames than the network is "
            "shown, and some are shown twice: a longer --duration has more"
        )
    if showing.without_flow:
        notes.append(f"the flow of {counted(showing.without_flow, 'window')} is not kept: too much")
    if not any(face.windows for face in made):
        notes.append("no face is there for two frames on end: nothing was shown to the network")
    return tuple(notes)
