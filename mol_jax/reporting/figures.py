"""The pictures of a report, none of which shows a face.

Each returns what the numbers stand for by which it shows names that no font here has: see
`mol_jax.reporting.lettering`. note: what must stand on a picture, as that its clips are generated.
Colours are those of Okabe and Ito or a single-hue map, so that they survive colour blindness and
grey printing. The same figures give the same bytes.
"""

import io
import math
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter
from numpy.typing import ArrayLike

from mol_jax.files.whole import write_bytes
from mol_jax.reporting import lettering
from mol_jax.scoring.history_csv import HistoryRow
from mol_jax.scoring.svm.reached import NAME

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#666666"
SUBJECTS_PER_LINE = 30
NOTE = 0.25  # inch: a line below a picture
FLAT = 9  # signs: longer names of classes do not fit below their column
LOSSES = {"total": "total", "mer": "expressions", "flow": "optical flow"}  # else: the term's name


def confusion(
    path: Path, counts: ArrayLike, classes: Sequence[str], *, note: str = ""
) -> dict[str, str]:
    """Draws a confusion matrix [n, n]: colour is the share of the true class, text the clips."""
    names, numbered = lettering.letter(classes)
    counts = np.asarray(counts, np.float64)
    clips = counts.sum(1, keepdims=True)
    share = np.divide(counts, clips, out=np.zeros_like(counts), where=clips > 0)
    n = len(classes)
    more = _room(names)
    fig = new_figure(2.6 + 0.85 * n + 1.5 * more, 1.6 + 0.75 * n + 0.5 * more)
    ax = fig.add_subplot()
    image = ax.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for i, j in np.ndindex(n, n):
        text = f"{counts[i, j]:.1f}".removesuffix(".0") + f"\n{100 * share[i, j]:.0f} %"
        color = "white" if share[i, j] > 0.55 else "black"
        ax.text(j, i, text, ha="center", va="center", fontsize=9, color=color)
    ax.set_xticks(range(n), names, **_slanted(names))
    labels = [f"{name} ({total:.0f})" for name, total in zip(names, clips[:, 0], strict=True)]
    ax.set_yticks(range(n), labels)
    ax.set_xlabel("predicted")
    ax.set_ylabel("true (clips)")
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    bar = fig.colorbar(image, ax=ax, fraction=0.046, pad=0.04, label="share of the true class")
    bar.outline.set_visible(False)  # type: ignore[operator]
    save(fig, path, note)
    return numbered


def _room(names: Sequence[str]) -> float:
    """Returns what the longest name takes, in inches, beyond what usual names do."""
    return 0.06 * max(0, max(map(len, names), default=0) - 12)


def _slanted(names: Sequence[str]) -> dict[str, Any]:
    """Returns how the names below a matrix are turned: not at all where they fit side by side."""
    if max(map(len, names)) <= FLAT:
        return {}
    return {"rotation": 30, "ha": "right", "rotation_mode": "anchor"}


def subjects(
    path: Path, accuracy: Mapping[str, float], clips: Mapping[str, int], *, note: str = ""
) -> dict[str, str]:
    """Draws each subject's accuracy (fraction) as a bar, its clips below, and the pooled one."""
    names = list(accuracy)
    drawn, numbered = lettering.letter(names)
    pooled = sum(accuracy[name] * clips[name] for name in names) / sum(clips.values())
    lines = math.ceil(len(names) / SUBJECTS_PER_LINE)
    width = math.ceil(len(names) / lines)
    fig = new_figure(max(4.5, 1.5 + 0.32 * width), 0.4 + (2.6 + _room(drawn)) * lines)
    for k in range(lines):
        ax = fig.add_subplot(lines, 1, k + 1)
        here = slice(k * width, (k + 1) * width)
        shown = names[here]
        ax.bar(range(len(shown)), [100 * accuracy[name] for name in shown], color=BLUE, width=0.7)
        label = f"pooled over clips: {100 * pooled:.1f} %"
        ax.axhline(100 * pooled, color=ORANGE, lw=1.5, ls="--", label=label)
        ticks = [f"{text} ({clips[name]})" for name, text in zip(shown, drawn[here], strict=True)]
        ax.set_xticks(range(len(shown)), ticks, rotation=60, ha="right", rotation_mode="anchor")
        ax.set_xlim(-0.6, width - 0.4)
        ax.set_ylim(0, 105)
        ax.set_ylabel("accuracy, %")
        clean(ax)
    fig.axes[0].legend(loc="lower right", bbox_to_anchor=(1, 1), frameon=False, borderaxespad=0.2)
    fig.axes[-1].set_xlabel("tested subject (clips)")
    save(fig, path, note)
    return numbered


def trials(
    path: Path,
    names: Sequence[str],
    scores: Sequence[Mapping[str, Any]],
    *,
    majority: float,
    svm: float | None,
    best: int | None,
    note: str = "",
) -> dict[str, str]:
    """Draws the UF1 of trials as dots with their interval, each seed, majority class and SVM.

    names: as "trial 0: field=value". scores: entries of metrics.json's per_trial that have scores,
    one per name. best: the place of the one with the highest UF1, which is drawn apart.
    """
    numbers, values = zip(*(name.partition(": ")[::2] for name in names), strict=True)
    drawn, numbered = lettering.letter(values, longest=200)
    texts = [f"{k}: {text}" if text else k for k, text in zip(numbers, drawn, strict=True)]
    lines = [textwrap.wrap(text, 46, max_lines=2, placeholder=" …") for text in texts]
    fig = new_figure(8.0, 1.3 + 0.28 * len(names))
    ax = fig.add_subplot()
    for k, trial in enumerate(scores):
        color = ORANGE if k == best else BLUE
        value, bounds = 100 * trial["mean"]["uf1"], trial["ci95"]["uf1"]
        if bounds:
            ax.plot([100 * bound for bound in bounds], [k, k], color=color, lw=1.5)
        if len(trial["per_seed"]) > 1:
            seeds = [100 * one["uf1"] for one in trial["per_seed"]]
            ax.plot(seeds, [k] * len(seeds), "|", color=GREY, ms=9, label="seeds")
        label = "best on test data" if k == best else None
        ax.plot(value, k, "D" if k == best else "o", color=color, ms=5, ls="", label=label)
    ax.axvline(100 * majority, color=GREY, lw=1.2, ls="--", label="majority class")
    if svm is not None:
        ax.axvline(100 * svm, color="black", lw=1.2, ls=":", label=NAME)
    ax.set_yticks(range(len(names)), ["\n".join(of) for of in lines])
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.set_xlim(0, 100)
    ax.set_xlabel("UF1, %, and its 95 % interval over subjects", fontsize=9)
    shown = dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))  # each name once
    fig.legend(shown.values(), shown, loc="outside upper right", ncols=4, frameon=False, fontsize=8)
    clean(ax)
    ax.grid(axis="x", color=GREY, alpha=0.2, lw=0.6)
    save(fig, path, note)
    return numbered


def curves(path: Path, history: Sequence[HistoryRow], *, note: str = "") -> None:
    """Draws each training loss over the steps: mean over folds and seeds, band from min to max.

    Terms are drawn as they are weighted: they sum to the total.
    """
    shown = ["total", *dict.fromkeys(name for row in history for name in row.terms)]
    columns = min(2, len(shown))
    lines = math.ceil(len(shown) / columns)
    fig = new_figure(4.4 * columns, 0.3 + 2.6 * lines)
    for k, name in enumerate(shown):
        _curve(fig.add_subplot(lines, columns, k + 1), history, name)
    replicas = len({(row.fold, row.seed) for row in history})
    title = (
        f"training loss, mean and range of {replicas} replicas\nterms are weighted: they sum to "
    )
    fig.suptitle(title + "the total", fontsize=10)
    save(fig, path, note)


def _curve(ax: Axes, history: Sequence[HistoryRow], name: str) -> None:
    """Draws one loss. A diverged replica is drawn up to its last finite value."""
    by_step: dict[int, list[float]] = {}
    for row in history:
        value = row.total if name == "total" else row.terms.get(name)
        if value is not None and math.isfinite(value):
            by_step.setdefault(row.step, []).append(value)
    steps = sorted(by_step)
    low, mean, high = (
        np.array([reduce(by_step[step]) for step in steps]) for reduce in (min, np.mean, max)
    )
    marker = "o" if len(steps) < 30 else ""
    ax.fill_between(steps, low, high, color=BLUE, alpha=0.2, lw=0)
    ax.plot(steps, mean, color=BLUE, lw=1.5, marker=marker, ms=3)
    if steps and low.min() > 0 and high.max() > 20 * low.min():
        ax.set_yscale("log")
        ax.yaxis.set_major_formatter("{x:g}")  # the usual one writes formulas, which are off
        ax.yaxis.set_minor_formatter(NullFormatter())
    else:
        ax.set_ylim(bottom=0)
    ax.set_title(LOSSES.get(name, name), fontsize=9)
    ax.set_xlabel("step")
    clean(ax)


def new_figure(width: float, height: float) -> Figure:
    """Returns an empty figure of this size in inches, tied to no window. `$` is `$` in it."""
    mpl.rcParams.update({"text.parse_math": False, "text.usetex": False})
    fig = Figure(figsize=(width, height), dpi=150, layout="constrained")
    FigureCanvasAgg(fig)
    return fig


def clean(ax: Axes) -> None:
    """Leaves the axes of a figure that are read, and a light grid."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(axis="y", color=GREY, alpha=0.2, lw=0.6)
    ax.set_axisbelow(True)
    ax.tick_params(labelsize=8)


def save(fig: Figure, path: Path, note: str = "") -> None:
    """Writes a PNG without the version and date that would make each one different.

    note: a line below all of it, "" for none.
    """
    if note:
        fig.set_figheight(fig.get_figheight() + NOTE)
        fig.supxlabel(note, fontsize=8, color=ORANGE)
    content = io.BytesIO()
    fig.savefig(content, format="png", metadata={"Software": None})
    write_bytes(path, content.getvalue())
