"""The page of a prediction: report.md, and report.html with its figures inside."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mol_jax.files.whole import write_text
from mol_jax.predicting import words
from mol_jax.predicting.result import Face, Result, Window
from mol_jax.predicting.shown import key_frames, shown_now, timeline
from mol_jax.predicting.shown.key_frames import KeyFrames
from mol_jax.predicting.shown.overlay import Pictures
from mol_jax.reporting import html_page
from mol_jax.text.tables import escaped, markdown
from mol_jax.text.words import counted

FACES, SHOWN = 8, 12  # faces that have a timeline, and intervals of a face with key frames
Kept = dict[tuple[int, int], KeyFrames]  # by the face and the interval
READING = (
    "- A row of the timeline is a class, from 0 at its foot to 100 % at its top. A step is one "
    "window, and the dark band one standard deviation over the run's models on either side.",
    "- Probabilities of a window add up to 100 % whatever happens in it: a high one where nothing "
    "is spotted means little.",
    "- An interval's own probabilities are of the clip from its onset to its offset, as in "
    "training; windows have one length and begin anywhere.",
    "- Landmarks of a frame without a found face (dotted) are filled in between its neighbours.",
)


def write_page(
    result: Result, frames: Pictures, folder: Path, *, pictures: bool = True
) -> list[Path]:
    """Writes the page of a prediction and its figures into a folder; returns the files.

    pictures: whether key frames, which show the face of who was recorded, are in it.

    Raises UserError where they cannot be written.
    """
    figures = folder / "figures"
    files, shown = [], result.faces[:FACES]
    for face in shown:
        stem = figures / _figure(result, face)
        note = words.short(result.about)
        files += timeline.write(result, stem, faces=[face], note=note)
    kept: Kept = {}
    if pictures:
        for face in shown:
            for number in surest(face):
                path = figures / f"face{face.number}_interval{number + 1}.png"
                kept[face.number, number] = key_frames.write(path, frames, face, number)
    files += [one.path for one in kept.values()]
    write_text(folder / "report.md", compose(result, kept))
    return [folder / "report.md", html_page.write_page(folder), *files]


def surest(face: Face) -> list[int]:
    """Returns the numbers of a face's surest intervals, in the order of time."""
    by_score = np.argsort([-one.score for one in face.intervals], kind="stable")[:SHOWN]
    return sorted(int(number) for number in by_score)


def compose(result: Result, kept: Kept) -> str:
    """Returns the text of report.md. kept: the key frames that were written."""
    parts = (
        _title(result),
        in_short(result),
        _timelines(result),
        intervals(result),
        _key_frames(result, kept),
        ["## How to read it", "\n".join(READING)],
        _recording(result),
        _run(result),
    )
    return "\n\n".join(paragraph for part in parts for paragraph in part) + "\n"


def _source(result: Result) -> str:
    source = result.recording.source
    return f"camera {source}" if isinstance(source, int) else source.name


def _title(result: Result) -> list[str]:
    mark = words.mark(result.about)
    first, *others = words.lines(result.about)
    sentences = [f"> **{first}**", *others] if mark else [first, *others]
    name = f"What is predicted of {escaped(_source(result))}"
    return [f"# {mark}: {name}" if mark else f"# {name}", *sentences]


def in_short(result: Result) -> list[str]:
    """Says in a line for each face what was spotted."""
    lines = []
    for face in result.faces:
        name = f"Face {face.number}: " if len(result.faces) > 1 else ""
        if not shown_now.spotted(face):
            lines.append(f"- {name}nobody looked for intervals (no spotter).")
            continue
        times, classes = result.recording.times, result.about.classes
        said = [
            f"{escaped(shown_now.said_of_interval(face, k, classes))} "
            f"({shown_now.seconds(times, face.intervals[k])})"
            for k in surest(face)
        ]
        count = len(face.intervals)
        more = f"; and {count - len(said)} more" if count > len(said) else ""
        told = f"{counted(count, 'interval')} spotted: {'; '.join(said)}{more}."
        lines.append(f"- {name}{told if said else 'nothing was spotted.'}")
    return ["## In short", "\n".join(lines) or "No face was found."]


def _figure(result: Result, face: Face) -> str:
    return "timeline" if len(result.faces) == 1 else f"timeline_face{face.number}"


def _timelines(result: Result) -> list[str]:
    paragraphs = ["## Timeline"] if result.faces else []
    for face in result.faces[:FACES]:
        name = "the face" if len(result.faces) == 1 else f"face {face.number}"
        shown = f"Probabilities and intervals of {name} over time"
        paragraphs.append(f"![{shown}](figures/{_figure(result, face)}.png)")
    if len(result.faces) > FACES:
        paragraphs.append(f"The other {len(result.faces) - FACES} faces are in the tables.")
    return paragraphs


def intervals(result: Result, *, brief: bool = False) -> list[str]:
    """Returns the table of everything that was spotted, under its heading; [] where nothing was.

    brief: without the spread over models and the spotter's score.
    """
    times, classes = result.recording.times, result.about.classes
    rows = []
    for face in result.faces:
        for k, one in enumerate(face.intervals):
            window = face.of_intervals[k] if k < len(face.of_intervals) else None
            name, likely, spread = _likeliest(window, classes)
            when = [f"{times[at]:.2f}" for at in (one.onset, one.apex, one.offset)]
            place = [str(face.number), str(k + 1), name, likely]
            rows.append([*place, *when, *([] if brief else [spread, f"{one.score:.3g}"])])
    if not rows:
        return []
    header = ["face", "interval", "class", "probability", "onset, s", "apex, s", "offset, s"]
    header += [] if brief else ["sd over models", "score of the spotter"]
    return ["## Intervals", markdown(header, rows, left=3)]


def _likeliest(window: Window | None, classes: Sequence[str]) -> tuple[str, str, str]:
    """Returns the likeliest class, its probability and spread; "" for what is not predicted."""
    best = None if window is None else window.best
    if window is None or window.probabilities is None or best is None:
        return "", "", ""
    spread = "" if window.spread is None else f"{100 * window.spread[best]:.0f} %"
    return classes[best], f"{100 * window.probabilities[best]:.0f} %", spread


def _key_frames(result: Result, kept: Kept) -> list[str]:
    """Shows the key frames, and says whom the page then shows."""
    if not any(face.intervals for face in result.faces):
        return []
    paragraphs = ["## Key frames"]
    if not kept:
        return [*paragraphs, "Left out, so that this page shows nobody's face."]
    if len(kept) < sum(len(face.intervals) for face in result.faces):
        paragraphs.append(f"Of each face its {SHOWN} surest intervals.")
    times = result.recording.times
    for (number, k), one in kept.items():
        face = next(face for face in result.faces if face.number == number)
        interval = face.intervals[k]
        who = f"Face {number}, interval" if len(result.faces) > 1 else "Interval"
        said = escaped(shown_now.class_of_interval(face, k, result.about.classes))
        parts = [f"onset {times[interval.onset]:.2f} s", f"apex {times[interval.apex]:.2f} s"]
        if one.most is not None and one.until is not None:
            parts.append(f"predicted flow from the onset to {times[one.until]:.2f} s, rim of the "
                         f"wheel {one.most:.2f} px of the recording")  # fmt: skip
        name = f"{who} {k + 1}" + f", {said}" * bool(said)
        paragraphs += [
            f"{name}: {'; '.join(parts)}.",
            f"![Key frames of interval {k + 1}](figures/{one.path.name})",
        ]
    return [
        paragraphs[0],
        "**This page shows who was recorded.** Pass it on only if they agree; `--no-pictures` "
        "leaves these pictures out.",
        *paragraphs[1:],
    ]


def _recording(result: Result) -> list[str]:
    recording = result.recording
    times, (width, height) = recording.times, recording.size
    steps = np.diff(times)
    rows = [
        ["read", _source(result)],
        ["frames", f"{len(times):,}, {times[-1] - times[0]:.2f} s from the first to the last"],
        ["frames per second", _rate(steps)],
        ["size", f"{width} × {height} px"],
    ]
    for face in result.faces:
        name = "face" if len(result.faces) == 1 else f"face {face.number}"
        start, end = times[face.frames[[0, -1]]]
        found = f"found in {int(face.found.sum()):,} of {int(face.known.sum()):,} frames"
        rows.append([name, f"{found} that it was followed in ({start:.2f} to {end:.2f} s)"])
    notes = "\n".join(f"- {escaped(note)}" for note in recording.notes)
    return ["## The recording", markdown(["", ""], rows, left=2), *([notes] if notes else [])]


def _rate(steps: np.ndarray) -> str:
    if not len(steps) or not steps.min() > 0:
        return "unknown"
    text = f"{1 / float(np.median(steps)):.4g}"
    varies = steps.max() > 1.5 * steps.min()
    return f"{text}, varies from {1 / steps.max():.3g} to {1 / steps.min():.3g}" if varies else text


def _run(result: Result) -> list[str]:
    about = result.about
    calibrated = "none" if about.temperature is None else f"{about.temperature:.3g}"
    rows = [
        ["run", str(about.run)],
        ["network", about.network],
        ["classes", f"{', '.join(about.classes)} ({about.view})"],
        ["models averaged", str(about.models)],
        ["temperature of the calibration", calibrated],
        ["windows", f"{result.duration:g} s long, one each {result.stride:g} s"],
        ["time taken", f"{result.real_time:.2g} s for a second of the recording"],
    ]
    return ["## What predicts", markdown(["", ""], rows, left=2)]
