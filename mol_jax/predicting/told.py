"""What the command says of a prediction: the words first, then what was found."""

from collections.abc import Sequence
from pathlib import Path

from mol_jax.predicting import words
from mol_jax.predicting.result import Face, Result
from mol_jax.predicting.shown import shown_now
from mol_jax.text.words import counted

SHOWN = 10  # intervals of a face that are printed


def text(result: Result, written: Sequence[Path]) -> str:
    """Returns the lines that are printed of a result. written: its files."""
    times, (width, height) = result.recording.times, result.recording.size
    source = result.recording.source
    name = f"camera {source}" if isinstance(source, int) else str(source)
    lines = [
        "",
        f"{name}: {counted(len(times), 'frame')} in {times[-1]:.2f} s, {width}x{height} px",
        *(f"  note: {note}" for note in result.recording.notes),
        *(line for face in result.faces for line in _of_face(face, result)),
        f"{result.real_time:.1f} times as long as the recording lasts (real-time factor)",
        *words.lines(result.about),
        f"written: {', '.join(map(str, written))}",
    ]
    return "\n".join(lines)


def _of_face(face: Face, result: Result) -> list[str]:
    times, classes = result.recording.times, result.about.classes
    first, last = times[face.frames[0]], times[face.frames[-1]]
    windows = counted(len(face.windows), "window")
    said = f"face {face.number}, {first:.2f} to {last:.2f} s: {windows}"
    if face.signal is None:
        return [f"{said}, nothing was spotted for"]
    found = [f"{said}, {counted(len(face.intervals), 'spotted interval')}"]
    for number, one in enumerate(face.intervals[:SHOWN]):
        best = shown_now.said_of_interval(face, number, classes)
        found.append(f"  {times[one.onset]:.2f} to {times[one.offset]:.2f} s: {best}")
    more = len(face.intervals) - SHOWN
    return [*found, f"  and {more} more"] if more > 0 else found
