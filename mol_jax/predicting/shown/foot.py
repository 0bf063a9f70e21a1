"""What stands below the picture of an annotated video: what is what, what is said, and when."""

import functools
from collections.abc import Sequence
from typing import Any

import cv2
import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from data_builders.records import lettering
from data_builders.records.gallery import flow_wheel
from mol_jax.predicting import words
from mol_jax.predicting.result import Face, Result
from mol_jax.predicting.shown import landmark_marks, shown_now, timeline
from mol_jax.predicting.shown.colours import INK, MARK, PAPER, rgb
from mol_jax.reporting.figures import new_figure

FACES = 3  # that have rows of their own
DPI = 100  # of letters that are not enlarged
DARK: dict[Any, Any] = {
    "figure.facecolor": PAPER, "axes.facecolor": PAPER, "text.color": INK, "axes.edgecolor": INK,
    "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK,
}  # fmt: skip


class Foot:
    """The part below the picture, of one width for a whole video.

    width: px. times: how many times letters are enlarged. most: px of the recording, the length of
    flow in full colour; None where there is none.
    """

    def __init__(self, result: Result, width: int, times: int, most: float | None):
        self._result, self._width, self._times = result, width, times
        self.faces: Sequence[Face] = result.faces[:FACES]
        self._said = max(
            (len(self._lines(self._words(face, k))) for face in self.faces for k in _turns(face)),
            default=0,
        )
        above = [self._mark(), self._legend(most)]
        strip, self._middle, rows = self._strip()
        more = len(result.faces) - len(self.faces)
        notes = [words.short(result.about)]
        notes += [f"{more} more faces are in the tables"] if more > 0 else []
        below = [self._lines(note) for note in notes]
        self._top = sum(map(len, above))
        said = np.full((self._said * len(self.faces), width, 3), rgb(PAPER), np.uint8)
        start = self._top + len(said)
        self._rows = slice(start + rows.start, start + rows.stop)  # of the strip without its times
        self._still = np.concatenate([*above, said, strip, *below])

    @property
    def height(self) -> int:
        """Returns the height, px."""
        return len(self._still)

    def at(self, frame: int) -> np.ndarray:
        """Returns the foot at a frame, uint8 [height, width, 3] RGB."""
        shown = self._still.copy()
        for k, face in enumerate(self.faces):
            said = self._lines(self._words(face, frame))[: self._said]
            start = self._top + k * self._said
            shown[start : start + len(said)] = said
        x = round(self.middle(frame))
        half = self._times
        shown[self._rows, max(0, x - half) : x + half] = rgb(INK)
        return shown

    def middle(self, frame: int) -> float:
        """Returns where in the strip the time of a frame is, px from the left."""
        return float(self._middle[frame])

    def _words(self, face: Face, frame: int) -> str:
        times = self._result.recording.times
        said = shown_now.words(face, frame, times, self._result.about.classes)
        number = f"face {face.number} · " if len(self._result.faces) > 1 else ""
        return f"{number}{times[frame]:.2f} s · {said}"

    @functools.lru_cache(maxsize=64)  # noqa: B019 - one foot for each video
    def _lines(self, text: str) -> np.ndarray:
        white = lettering.lines(text, self._width, self._times)
        share = white.astype(np.float32) / 255
        return np.round(share * rgb(INK) + (1 - share) * rgb(PAPER)).astype(np.uint8)

    def _mark(self) -> np.ndarray:
        """Returns the mark of a run that has seen drawn faces only, dark on orange."""
        mark = words.mark(self._result.about)
        if not mark:
            return np.zeros((0, self._width, 3), np.uint8)
        share = lettering.lines(mark, self._width, self._times).astype(np.float32) / 255
        return np.round((1 - share) * rgb(MARK)).astype(np.uint8)

    def _legend(self, most: float | None) -> np.ndarray:
        """Returns the lines that say what the marks and the colours in the picture are."""
        size = lettering.LINE * self._times
        entries = [("detected", landmark_marks.dots)]
        if any(not face.found[face.known].all() for face in self.faces):
            entries.append(("filled in", landmark_marks.rings))
        if any(w.landmarks is not None for f in self.faces for w in (*f.windows, *f.of_intervals)):
            entries.append(("predicted", landmark_marks.crosses))
        pieces = []
        for name, draw in entries:
            sign = np.full((size, size, 3), 90, np.uint8)
            draw(sign, np.full((1, 2), (size - 1) / 2), size / 6)
            pieces.append(np.hstack([sign, self._label(name)]))
        if most is not None:
            wheel = cv2.resize(flow_wheel(4 * size), (size, size), interpolation=cv2.INTER_AREA)
            pieces.append(np.hstack([wheel[..., ::-1], self._label(f"flow, rim {most:.1f} px")]))
        return _in_rows(pieces, self._width)

    def _label(self, text: str) -> np.ndarray:
        """Returns a few words as wide as they are."""
        wide = self._width - lettering.LINE * self._times
        share = lettering.lines(text, wide, self._times)[: lettering.LINE * self._times]
        ends = np.flatnonzero(share.any(axis=(0, 2)))
        inside = share[:, : min(wide, int(ends[-1]) + lettering.LINE)].astype(np.float32) / 255
        return np.round(inside * rgb(INK) + (1 - inside) * rgb(PAPER)).astype(np.uint8)

    def _strip(self) -> tuple[np.ndarray, np.ndarray, slice]:
        """Returns the strip uint8 [h, width, 3], where each frame is, px [N], and rows of axes."""
        times = self._result.recording.times
        if not self.faces:
            return np.zeros((0, self._width, 3), np.uint8), np.zeros(len(times)), slice(0, 0)
        dpi = DPI * self._times
        tall = timeline.height_of(self._result, self.faces, brief=True)
        with mpl.rc_context(DARK):
            fig = new_figure(self._width / dpi, round(tall * dpi) / dpi)
            fig.set_dpi(dpi)
            axes = timeline.draw(fig, self._result, self.faces, brief=True)
            picture = _rendered(fig)
        ends = np.stack([times, np.zeros_like(times)], axis=1)
        top, bottom = axes[0].bbox.y1, axes[-1].bbox.y0  # px from below
        rows = slice(max(0, len(picture) - round(top)), len(picture) - round(bottom))
        return picture, axes[-1].transData.transform(ends)[:, 0], rows


def _turns(face: Face) -> list[int]:
    """Returns frames of a face with all that is ever said of it."""
    edges = [frame for one in face.intervals for frame in (one.onset, one.offset)]
    edges += [frame for window in face.windows for frame in (window.first, window.last)]
    return sorted({int(face.frames[-1]), *edges})


def _rendered(fig: Figure) -> np.ndarray:
    """Returns a figure as uint8 [h, w, 3], of exactly its size."""
    fig.canvas.draw()
    return np.asarray(fig.canvas.buffer_rgba())[..., :3].copy()  # type: ignore[attr-defined]


def _in_rows(pieces: Sequence[np.ndarray], width: int) -> np.ndarray:
    """Returns pictures of one height side by side, in as many rows as they need."""
    rows: list[list[np.ndarray]] = [[]]
    for piece in pieces:
        if rows[-1] and sum(one.shape[1] for one in rows[-1]) + piece.shape[1] > width:
            rows.append([])
        rows[-1].append(piece[:, :width])
    full = []
    for row in rows:
        line = np.full((len(row[0]), width, 3), rgb(PAPER), np.uint8)
        joined = np.hstack(row)
        line[:, : joined.shape[1]] = joined
        full.append(line)
    return np.concatenate(full)
