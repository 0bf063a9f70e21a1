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
from mol_jax.scoring.intervals import wilson
from mol_jax.scoring.svm.reached import NAME
from mol_jax.text.tables import count

BLUE, ORANGE, GREY, SKY = "#0072B2", "#D55E00", "#666666", "#56B4E9"
LINES: tuple[dict[str, Any], ...] = (  # of levels across bars, told apart without their colours
    {"color": ORANGE, "ls": "-"},
    {"color": "black", "ls": ":"},
    {"color": GREY, "ls": "--"},
    {"color": BLUE, "ls": "-."},
)
SUBJECTS_PER_LINE = 30
NOTE = 0.25  # inch: a line below a picture
FLAT = 9  # signs: longer names of classes do not fit below their column
LOSSES = {"total": "total", "mer": "expressions", "flow": "optical flow"}  # else: the term's name


def confusion(
    path: Path, counts: ArrayLike, classes: Sequence[str], *, note: str = ""
) -> dict[str, str]:
    """Draws a confusion matrix [n, n], or one of each of K seeds [K, n, n], summed over folds.

    To the left the clips, to the right the shares of each true class. Of several seeds the mean
    and, with a ±, the standard deviation over seeds.
    """
    names, numbered = lettering.letter(classes)
    n = len(classes)
    counts = np.asarray(counts, np.float64).reshape(-1, n, n)
    clips = counts.sum(2, keepdims=True)
    shares = np.divide(100 * counts, clips, out=np.zeros_like(counts), where=clips > 0)
    more, extra = _room(names), 0.5 * bool(_slanted(names)) + 0.2 * (len(counts) > 1)
    fig = new_figure(2.6 + 1.5 * n + 3 * more, 1.5 + extra + 0.75 * n + 0.5 * more)
    left, right = fig.subplots(1, 2)
    _matrix(left, counts, names, most=max(1.0, counts.mean(0).max()), form="{:.1f}")
    _matrix(right, shares, names, most=100.0, form="{:.0f} %")
    seeds = "" if len(counts) == 1 else f"\nmean ± SD of {len(counts)} seeds"
    left.set_title(f"clips, all folds summed{seeds}", fontsize=9)
    right.set_title(f"share of the true class{seeds}", fontsize=9)
    totals = clips.mean(0)[:, 0]
    labels = [f"{name} ({total:.0f})" for name, total in zip(names, totals, strict=True)]
    left.set_yticks(range(n), labels)
    left.set_ylabel("true (clips)")
    right.set_yticks(range(n), [""] * n)
    save(fig, path, note)
    return numbered


def _matrix(ax: Axes, values: np.ndarray, names: Sequence[str], *, most: float, form: str) -> None:
    """Draws the mean over seeds of values [K, n, n] as colours and text; `most` is the darkest."""
    mean, spread = values.mean(0), values.std(0, ddof=1) if len(values) > 1 else None
    ax.imshow(mean, cmap="Blues", vmin=0, vmax=most)
    for i, j in np.ndindex(*mean.shape):
        text = form.format(mean[i, j]).replace(".0", "")
        if spread is not None:
            text += "\n± " + form.format(spread[i, j])
        color = "white" if mean[i, j] > 0.55 * most else "black"
        ax.text(j, i, text, ha="center", va="center", fontsize=9, color=color)
    ax.set_xticks(range(len(names)), names, **_slanted(names))
    ax.set_xlabel("predicted")
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)


def _room(names: Sequence[str]) -> float:
    """Returns what the longest name takes, in inches, beyond what usual names do."""
    return 0.06 * max(0, max(map(len, names), default=0) - 12)


def _slanted(names: Sequence[str]) -> dict[str, Any]:
    """Returns how the names below a matrix are turned: not at all where they fit side by side."""
    if max(map(len, names)) <= FLAT:
        return {}
    return {"rotation": 30, "ha": "right", "rotation_mode": "anchor"}


def subjects(
    path: Path,
    right: Mapping[str, float],
    clips: Mapping[str, float],
    *,
    levels: Mapping[str, float],
    note: str = "",
) -> dict[str, str]:
    """Draws the share of each subject's clips that are right, the lowest first.

    A bar has its 95 % Wilson interval over that subject's clips, whose number stands below.

    right, clips: of several seeds their means. levels: shares that lines mark, at most
    four, by their names: the score of all clips pooled first, then chance and floor.
    """
    share = {name: right[name] / clips[name] for name in right}
    names = sorted(share, key=lambda name: (share[name], name))
    letters = lettering.letter(right)
    drawn = dict(zip(right, letters.names, strict=True))
    lines = math.ceil(len(names) / SUBJECTS_PER_LINE)
    width = math.ceil(len(names) / lines)
    fig = new_figure(max(5.6, 1.5 + 0.32 * width), 0.9 + (2.6 + _room(letters.names)) * lines)
    for k in range(lines):
        ax = fig.add_subplot(lines, 1, k + 1)
        here = slice(k * width, (k + 1) * width)
        shown = names[here]
        values = np.array([100 * share[name] for name in shown])
        bounds = 100 * np.array([wilson(right[name], clips[name]) for name in shown])
        ax.bar(range(len(shown)), values, color=SKY, width=0.7)
        ends = np.abs(bounds.T - values)
        ax.errorbar(range(len(shown)), values, ends, fmt="none", ecolor="black", elinewidth=1)
        for (label, level), style in zip(levels.items(), LINES, strict=False):
            ax.axhline(100 * level, label=f"{label}: {100 * level:.1f} %", lw=1.4, **style)
        ticks = [f"{drawn[name]} ({count(clips[name])})" for name in shown]
        ax.set_xticks(range(len(shown)), ticks, rotation=60, ha="right", rotation_mode="anchor")
        ax.set_xlim(-0.6, width - 0.4)
        ax.set_ylim(0, 105)
        ax.set_ylabel("right, % of the subject's clips", fontsize=8)
        clean(ax)
    handles, labels = fig.axes[0].get_legend_handles_labels()
    fig.legend(
        handles, labels, loc="outside upper center", ncols=2, frameon=False, fontsize=8,
        title="each subject by itself, with its 95 % Wilson interval (not the pooled score)",
        title_fontsize=9,
    )  # fmt: skip
    fig.axes[-1].set_xlabel("tested subject (clips)")
    save(fig, path, note)
    return letters.numbered


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
    """Writes a PNG, and an SVG beside it, without what would make each one different.

    note: a line below all of it, "" for none.
    """
    if note:
        fig.set_figheight(fig.get_figheight() + NOTE)
        fig.supxlabel(note, fontsize=8, color=ORANGE)
    content = io.BytesIO()
    fig.savefig(content, format="png", metadata={"Software": None})
    write_bytes(path, content.getvalue())
    fig.set_layout_engine("none")  # everything is in its place, for the SVG too
    content = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": path.stem}):  # else its ids are drawn anew
        fig.savefig(content, format="svg", metadata={"Date": None, "Creator": None})
    write_bytes(path.with_suffix(".svg"), content.getvalue())
