"""What a recording shows over time: probabilities, spotted intervals, signal, where a face was."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mol_jax.files.whole import write_bytes
from mol_jax.predicting.result import Face, Result, Window
from mol_jax.predicting.shown import colours, shown_now
from mol_jax.reporting import lettering
from mol_jax.reporting.figures import NOTE, new_figure

LANE, BARS, WIDE = 0.34, 0.3, 7.5  # inches: a class, a row of bars, the figure
ROOM = 0.2  # of the recording, beside an interval whose class is written there
FOUND: dict[str, Any] = {"color": colours.DETECTED, "lw": 4}
NOT_FOUND: dict[str, Any] = {"color": colours.SPOTTED, "lw": 2, "ls": ":"}


def classes_of(result: Result) -> tuple[str, ...]:
    """Returns the classes that have probabilities, () where the run does not classify."""
    told = [w for face in result.faces for w in face.windows if w.probabilities is not None]
    return result.about.classes if told else ()


def rows_of(result: Result, face: Face, *, brief: bool) -> list[str]:
    """Returns the rows that are drawn of a face, by name: classes, then what is beside them.

    brief: without the signal and the frames with a face.
    """
    rows = ["class"] * len(classes_of(result))
    if shown_now.spotted(face):
        rows.append("spotted")
    if face.signal is not None and not brief:
        rows.append("signal")
    return rows if brief and rows else [*rows, "face"]


def height_of(result: Result, faces: Sequence[Face], *, brief: bool) -> float:
    """Returns the inches that the rows of some faces need."""
    rows = [name for face in faces for name in rows_of(result, face, brief=brief)]
    return sum(LANE if name in ("class", "signal") else BARS for name in rows) + 0.45


def draw(fig: Figure, result: Result, faces: Sequence[Face], *, brief: bool = False) -> list[Axes]:
    """Draws the rows of some faces into an empty figure; returns their axes, all of one time axis.

    A step is a window, as long as one is the nearest; the band is one standard deviation over the
    run's models on either side. brief: as `rows_of` has it.
    """
    classes = classes_of(result)
    names = lettering.letter(classes).names
    rows = [(face, name) for face in faces for name in rows_of(result, face, brief=brief)]
    heights = [LANE if name in ("class", "signal") else BARS for _, name in rows]
    grid = fig.add_gridspec(len(rows), 1, height_ratios=heights, hspace=0.08)
    drawn: list[Axes] = []
    lanes = 0
    for k, (face, name) in enumerate(rows):
        ax = fig.add_subplot(grid[k], sharex=drawn[0] if drawn else None)
        lanes = lanes + 1 if k and rows[k - 1] == (face, "class") else 0
        if name == "class":
            _lane(ax, result, face, lanes, names[lanes])
        else:
            ROWS[name](ax, result, face)
        if len(faces) > 1 and (k == 0 or rows[k - 1][0] is not face):
            ax.set_title(f"face {face.number}", fontsize=8, loc="left", pad=2)
        drawn.append(ax)
    _on_one_axis(drawn, result)
    return drawn


def write(result: Result, stem: Path, *, faces: Sequence[Face], note: str = "") -> list[Path]:
    """Writes the timeline as stem.png and stem.svg; returns the files. note: a line below it."""
    tall = height_of(result, faces, brief=False)
    fig = new_figure(WIDE, tall + NOTE * bool(note))
    draw(fig, result, faces)
    if note:
        fig.supxlabel(note, fontsize=8, color=colours.SPOTTED)
    files = []
    with mpl.rc_context({"svg.hashsalt": "mol_jax", "svg.fonttype": "path"}):  # the same each time
        for ending, no_date in ((".png", {"Software": None}), (".svg", {"Date": None})):
            content = io.BytesIO()
            fig.savefig(content, format=ending[1:], metadata=no_date)
            files.append(stem.with_suffix(ending))
            write_bytes(files[-1], content.getvalue())
    return files


def _lane(ax: Axes, result: Result, face: Face, number: int, name: str) -> None:
    """Draws the probability of a class over time."""
    colour = colours.of_class(number)
    for told in _parts(face):
        edges, values = _steps(result, told, number)
        ax.stairs(values, edges, fill=True, color=colour, alpha=0.55, lw=0)
        ax.stairs(values, edges, color=colour, lw=1.4, baseline=None)
        if all(window.spread is not None for window in told):
            spread = np.array([window.spread[number] for window in told])  # type: ignore[index]
            low, high = np.maximum(values - spread, 0), np.minimum(values + spread, 1)
            ax.stairs(high, edges, baseline=low, fill=True, color=_ink(ax), alpha=0.3, lw=0)
    for one in face.intervals:
        times = result.recording.times
        ax.axvspan(times[one.onset], times[one.offset], color=colours.SPOTTED, alpha=0.12, lw=0)
    ax.set_ylim(0, 1)
    ax.set_yticks([0, 1], ["", ""])
    ax.set_yticks([0.5], minor=True)
    ax.grid(axis="y", which="minor", alpha=0.25, lw=0.5)
    _named(ax, name)


def _parts(face: Face) -> list[list[Window]]:
    """Returns the windows that have probabilities, apart where the face was away or leapt."""
    told = [window for window in face.windows if window.probabilities is not None]
    first = int(face.frames[0])
    ends = [first + last for _, last in face.stretches] or [int(face.frames[-1])]
    parts: list[list[Window]] = [[] for _ in ends]
    for window in told:
        parts[int(np.searchsorted(ends, window.last))].append(window)
    return [part for part in parts if part]


def _steps(result: Result, told: Sequence[Window], number: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns where the steps of a lane begin and end, s [w + 1], and their height [w]."""
    times = result.recording.times
    middles = np.array([(times[w.first] + times[w.last]) / 2 for w in told])
    between = (middles[1:] + middles[:-1]) / 2
    edges = np.concatenate([[times[told[0].first]], between, [times[told[-1].last]]])
    return edges, np.array([w.probabilities[number] for w in told])  # type: ignore[index]


def _spotted(ax: Axes, result: Result, face: Face) -> None:
    """Draws the intervals as bars, each with its apex, its number, and its class where it fits."""
    times = result.recording.times
    for k, one in enumerate(face.intervals):
        start, end = times[one.onset], times[one.offset]
        ax.axvspan(start, end, 0.12, 0.88, color=colours.SPOTTED, lw=0)
        ax.plot([times[one.apex]] * 2, [0.12, 0.88], color="black", lw=1.2)
        text, left = _beside(result, face, k)
        ax.text(start if left else end, 0.45, f" {text} ", fontsize=7, va="center",
                ha="right" if left else "left", clip_on=True)  # fmt: skip
    ax.set_ylim(0, 1)
    ax.set_yticks([])
    _named(ax, "spotted")


def _beside(result: Result, face: Face, number: int) -> tuple[str, bool]:
    """Returns what stands beside an interval, and whether to its left."""
    times, one = result.recording.times, face.intervals[number]
    others = [other for k, other in enumerate(face.intervals) if k != number]
    whole = float(times[-1] - times[0])
    ends = [float(times[of.offset]) for of in others if of.onset <= one.onset]
    starts = [float(times[of.onset]) for of in others if of.offset >= one.offset]
    after = min((*starts, times[-1])) - times[one.offset]
    before = times[one.onset] - max((*ends, times[0]))
    said = shown_now.class_of_interval(face, number, result.about.classes)
    if not said or max(after, before) < ROOM * whole:
        return f"{number + 1}", False
    name, *share = said.rsplit(" ", 2)
    drawn = lettering.letter([name], longest=20).names
    return " ".join([f"{number + 1}:", *drawn, *share]), bool(after < before)


def _signal(ax: Axes, result: Result, face: Face) -> None:
    """Draws what intervals were spotted by."""
    if face.signal is not None:
        seen = np.where(face.known, face.signal, np.nan)  # no line over where the face was away
        ax.plot(result.recording.times[face.frames], seen, color=_ink(ax), lw=0.9)
    ax.set_yticks([])
    _named(ax, "signal")


def _faces(ax: Axes, result: Result, face: Face) -> None:
    """Draws where the face was found, and where its landmarks are filled in."""
    times = result.recording.times[face.frames]
    step = float(np.median(np.diff(times))) if len(times) > 1 else 1.0
    for found, style in ((True, FOUND), (False, NOT_FOUND)):
        for start, end in _runs(face.known & (face.found == found)):
            ax.plot([times[start], times[end] + step], [0.5, 0.5], solid_capstyle="butt", **style)
    ax.set_ylim(0, 1)
    ax.set_yticks([])
    _named(ax, "face found")


def _runs(mask: np.ndarray) -> list[tuple[int, int]]:
    """Returns the first and the last place of every stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(int)))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


ROWS = {"spotted": _spotted, "signal": _signal, "face": _faces}


def _ink(ax: Axes) -> Any:
    """Returns the colour of letters, which is not black in a video."""
    return ax.xaxis.label.get_color()


def _named(ax: Axes, name: str) -> None:
    ax.set_ylabel(name, rotation=0, ha="right", va="center", fontsize=8)


def _on_one_axis(drawn: Sequence[Axes], result: Result) -> None:
    """Puts the time below the last row, and takes the frames away."""
    times = result.recording.times
    for ax in drawn:
        ax.spines[["top", "right", "bottom"]].set_visible(False)
        ax.tick_params(length=0, labelsize=8, labelbottom=ax is drawn[-1])
    drawn[-1].set_xlim(float(times[0]), max(float(times[-1]), float(times[0]) + 1e-3))
    drawn[-1].spines["bottom"].set_visible(True)
    drawn[-1].tick_params(axis="x", length=3)
    drawn[-1].set_xlabel("s", fontsize=8, labelpad=1)
