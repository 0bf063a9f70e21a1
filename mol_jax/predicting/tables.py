"""What is predicted of a recording as tables and as JSON, for programs that go on with it.

predictions.csv has a row for each window and each spotted interval, landmarks.csv one for each
frame of each face, summary.json all else. None says that nothing happened: that is what intervals
are for.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mol_jax.files.whole import write_json, write_table
from mol_jax.predicting import words
from mol_jax.predicting.result import Face, Result, Window
from mol_jax.spotting.interval import Interval

PREDICTIONS, LANDMARKS, SUMMARY = "predictions.csv", "landmarks.csv", "summary.json"
WINDOW, INTERVAL = "window", "interval"
PLACE = ("kind", "face", "start", "end", "apex", "first", "last", "score", "pred")
MARKED = "model_saw"  # a column of what has seen drawn faces only


def write(result: Result, folder: Path, seconds: Mapping[str, float]) -> tuple[Path, ...]:
    """Writes the three files into a folder, each whole or not at all; returns their paths.

    The summary comes first: by it a folder is known as a prediction's. seconds: what the time was
    spent on.
    """
    write_json(folder / SUMMARY, summary(result, seconds))
    lines = list(_rows(result))
    write_table(folder / PREDICTIONS, _header(result), lines)
    points = [f"{axis}{k}" for k in range(68) for axis in "xy"]
    write_table(folder / LANDMARKS, ("frame", "time", "face", "found", *points), _landmarks(result))
    return tuple(folder / name for name in (PREDICTIONS, LANDMARKS, SUMMARY))


def _header(result: Result) -> tuple[str, ...]:
    classes = result.about.classes
    mark = (MARKED,) if result.about.generated else ()
    chances = (f"p_{name}" for name in classes)
    return (*PLACE, *chances, *(f"sd_{name}" for name in classes), "mean_flow_crop_px", *mark)


def _rows(result: Result) -> Iterator[tuple[Any, ...]]:
    """Yields the rows of predictions.csv, face by face, its windows before its intervals."""
    for face in result.faces:
        for window in face.windows:
            yield _row(result, face, window, None)
        for window, interval in zip(face.of_intervals, face.intervals, strict=True):
            yield _row(result, face, window, interval)


def _row(result: Result, face: Face, window: Window, interval: Interval | None) -> tuple[Any, ...]:
    """Returns a row: times in s, frames counted from 0, that of the flow in px of the crop."""
    times, none = result.recording.times, ("",) * len(result.about.classes)
    place = (
        WINDOW if interval is None else INTERVAL,
        face.number,
        _fixed(times[window.first], 3),
        _fixed(times[window.last], 3),
        "" if interval is None else _fixed(times[interval.apex], 3),
        window.first,
        window.last,
        "" if interval is None else _fixed(interval.score, 3),
        predicted(window, result.about.classes),
    )
    chances, spread = (
        none if of is None else [_fixed(one, 4) for one in of]
        for of in (window.probabilities, window.spread)
    )
    flow = "" if window.mean_flow is None else _fixed(window.mean_flow, 4)
    mark = (words.mark(result.about),) if result.about.generated else ()
    return (*place, *chances, *spread, flow, *mark)


def predicted(window: Window, classes: Sequence[str]) -> str:
    """Returns the likeliest class, "" where none is predicted."""
    return "" if window.best is None else classes[window.best]


def _landmarks(result: Result) -> Iterator[tuple[Any, ...]]:
    times = result.recording.times
    for face in result.faces:
        for at in np.flatnonzero(face.known):
            frame = int(face.frames[at])
            place = (frame, _fixed(times[frame], 4), face.number, int(face.found[at]))
            yield (*place, *(_fixed(value, 2) for value in face.landmarks[at].ravel()))


def _fixed(number: float, digits: int) -> str:
    return f"{number:.{digits}f}"


def summary(result: Result, seconds: Mapping[str, float]) -> dict[str, Any]:
    """Returns what stands in summary.json: the run, the recording, each face and its intervals."""
    about, recording = result.about, result.recording
    times = recording.times
    return {
        "words": list(words.lines(about)),
        "mark": words.mark(about),
        "run": {
            "workdir": str(about.run),
            "network": about.network,
            "view": about.view,
            "classes": list(about.classes),
            "score": about.score,
            "models": about.models,
            "temperature": about.temperature,
        },
        "recording": {
            "source": str(recording.source),
            "identity": identity_of(recording.source),
            "frames": len(times),
            "seconds": float(times[-1]),
            "width": recording.size[0],
            "height": recording.size[1],
            "notes": list(recording.notes),
        },
        "windows": {"duration": result.duration, "stride": result.stride},
        "faces": [_face(face, result) for face in result.faces],
        "real_time_factor": result.real_time,
        "seconds": {name: round(spent, 3) for name, spent in seconds.items()},
    }


def identity_of(source: Path | int) -> str:
    """Returns what tells a recording by where it lies, from wherever its path is typed."""
    where = f"camera {source}" if isinstance(source, int) else os.path.realpath(source)
    return hashlib.sha256(os.fsencode(where)).hexdigest()[:16]


def _face(face: Face, result: Result) -> dict[str, Any]:
    times, classes = result.recording.times, result.about.classes
    return {
        "face": face.number,
        "first_frame": int(face.frames[0]),
        "frames": int(face.known.sum()),
        "found": int(face.found.sum()),
        "windows": len(face.windows),
        "intervals": None if face.signal is None else [
            {
                "start": float(times[one.onset]),
                "apex": float(times[one.apex]),
                "end": float(times[one.offset]),
                "score": float(one.score),
                "pred": predicted(window, classes),
                "probabilities": _by_class(window, classes),
            }
            for one, window in zip(face.intervals, face.of_intervals, strict=True)
        ],
        "mean_of_windows": _mean(face.windows, classes),
    }  # fmt: skip


def _by_class(window: Window, classes: Sequence[str]) -> dict[str, float] | None:
    if window.probabilities is None:
        return None
    return dict(zip(classes, map(float, window.probabilities), strict=True))


def _mean(windows: Sequence[Window], classes: Sequence[str]) -> dict[str, float] | None:
    """Returns the mean probabilities over windows, None where there are none."""
    found = [window.probabilities for window in windows if window.probabilities is not None]
    if not found:
        return None
    return dict(zip(classes, map(float, np.mean(found, axis=0)), strict=True))
