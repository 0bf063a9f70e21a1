"""UF1 at every level of every family, a panel for each, with its interval over subjects."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from mol_jax.reporting.figures import BLUE, GREY, ORANGE, new_figure, save
from mol_jax.robustness.cases import FAMILIES, KINDS

ACROSS = 3  # panels beside each other


def draw(
    path: Path, entries: Sequence[Mapping[str, Any]], *, majority: float, note: str = ""
) -> None:
    """Draws what `scores.entries` holds; majority: UF1 of the majority class.

    note: as for `figures.save`.
    """
    built = entries[0]
    names = list(dict.fromkeys(one["family"] for one in entries[1:]))
    down = math.ceil(len(names) / ACROSS)
    fig = new_figure(3.0 * min(ACROSS, len(names)) + 0.4, 2.5 * down + 0.4)
    axes = fig.subplots(down, min(ACROSS, len(names)), squeeze=False, sharey=True).ravel()
    for ax in axes[len(names) :]:
        ax.set_visible(False)
    for ax, name in zip(axes, names, strict=False):
        _panel(ax, name, [one for one in entries if one["family"] == name], built, majority)
    for ax in axes[::ACROSS]:
        ax.set_ylabel("UF1, %", fontsize=9)
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside upper right", ncols=3, frameon=False, fontsize=8)
    save(fig, path, note)


def _panel(
    ax: Axes,
    name: str,
    levels: Sequence[Mapping[str, Any]],
    built: Mapping[str, Any],
    majority: float,
) -> None:
    ax.axhline(100 * majority, color=GREY, lw=1.2, ls="--", label="majority class")
    ax.axhline(100 * built["uf1"], color=ORANGE, lw=1.2, label="as built")
    at = range(len(levels))
    line = "o" if name in KINDS else "o-"
    ax.plot(at, [100 * one["uf1"] for one in levels], line, color=BLUE, label="disturbed")
    for x, one in zip(at, levels, strict=True):
        if one["ci95"]["uf1"]:
            bounds = [100 * bound for bound in one["ci95"]["uf1"]]
            ax.plot([x, x], bounds, color=BLUE, lw=1.2, alpha=0.6)
    ax.set_xticks(at, [one["level"] for one in levels])
    ax.set_xlim(-0.5, len(levels) - 0.5)
    ax.set_ylim(0, 100)
    ax.set_title(FAMILIES[name][0], fontsize=9)
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=8)
