"""The picture of a pre-training: its losses, and what is held out, over the steps."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes

from mol_jax.pretraining.validation import Point
from mol_jax.reporting.figures import BLUE, GREY, LOSSES, ORANGE, clean, new_figure, save
from mol_jax.scoring.history_csv import HistoryRow
from mol_jax.settings.pretraining import SCORES

TITLES = {
    "epe": "flow EPE, px", "nme": "landmark NME, %",
    "uf1": "UF1, %", "uar": "UAR, %", "acc": "accuracy, %",
}  # fmt: skip


def draw(
    path: Path,
    history: Sequence[HistoryRow],
    points: Sequence[Point],
    *,
    shown: Mapping[str, str],
    best: int,
    note: str = "",
) -> None:
    """Draws the losses of training above and the figures of held-out people below.

    shown: the names of those, each with the one that needs no network and is drawn beside it.
    best: the step whose weights are kept. note: what must stand on the picture.
    """
    terms = ["total", *dict.fromkeys(name for row in history for name in row.terms)]
    columns = max(len(terms), len(shown))
    fig = new_figure(2.9 * columns, 5.2)
    for k, name in enumerate(terms):
        ax = fig.add_subplot(2, columns, k + 1)
        values = [(row.step, row.total if name == "total" else row.terms[name]) for row in history]
        _line(ax, values, title=f"loss: {LOSSES.get(name, name)}")
    for k, (name, plain) in enumerate(shown.items()):
        ax = fig.add_subplot(2, columns, columns + k + 1)
        _line(ax, _of(points, name), title=TITLES.get(name, name) + ", held out", mark="o")
        reference = _of(points, plain)
        if reference:
            ax.plot(*zip(*reference, strict=True), color=GREY, lw=1.2, ls="--")
            ax.set_ylim(bottom=0)
        ax.axvline(best, color=ORANGE, lw=1.0, ls=":")
        ax.set_xlabel("step")
    fig.suptitle("dotted: the step that is kept; dashed: without a network", fontsize=9)
    save(fig, path, note)


def _of(points: Sequence[Point], name: str) -> list[tuple[int, float]]:
    """Returns the steps and figures of a name, scores in percent."""
    scale = 100 if name in SCORES else 1
    told = [(point.step, point.figures.get(name)) for point in points]
    return [(step, scale * value) for step, value in told if value is not None]


def _line(ax: Axes, values: Sequence[tuple[int, float]], *, title: str, mark: str = "") -> None:
    finite = [(step, value) for step, value in values if math.isfinite(value)]
    if finite:
        ax.plot(*zip(*finite, strict=True), color=BLUE, lw=1.4, marker=mark, ms=3)
    ax.set_title(title, fontsize=9)
    clean(ax)
