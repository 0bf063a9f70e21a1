"""UF1 over how far the onset or the apex is moved, with its interval over subjects."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mol_jax.reporting.figures import BLUE, GREY, ORANGE, new_figure, save


def draw(
    path: Path, entries: Sequence[Mapping[str, Any]], *, majority: float, note: str = ""
) -> None:
    """Draws a line for the onset and one for the apex, earlier to the left of 0.

    entries: of `scores.entries`. majority: UF1 of the majority class. note: as for `figures.save`.
    """
    unmoved = [(0.0, entries[0])]
    onset = [(one["onset_shift"], one) for one in entries if one["onset_shift"]]
    of_apex = [one for one in entries if one["apex_shift"]]
    earlier = [(-one["apex_shift"], one["earlier"]) for one in reversed(of_apex)]
    later = [(one["apex_shift"], one["later"]) for one in of_apex]
    fig = new_figure(5.2, 3.2)
    ax = fig.add_subplot()
    ax.axhline(100 * majority, color=GREY, lw=1.2, ls="--", label="majority class")
    lines = (
        ("onset", unmoved + onset, ORANGE, "s"),
        ("apex", earlier + unmoved + later, BLUE, "o"),
    )
    for aside, (name, points, color, marker) in zip((0.4, -0.4), lines, strict=True):
        at = [100 * by + aside for by, _ in points]  # else their intervals hide each other
        ax.plot(at, [100 * one["uf1"] for _, one in points], f"{marker}-", color=color, label=name)
        for x, (_, one) in zip(at, points, strict=True):
            if one["ci95"]["uf1"]:
                bounds = [100 * bound for bound in one["ci95"]["uf1"]]
                ax.plot([x, x], bounds, color=color, lw=1.2, alpha=0.6)
    ax.set_ylim(0, 100)
    ax.set_xlabel("moved later by, % of the way from onset to apex", fontsize=9)
    ax.set_ylabel("UF1, %, and its 95 % interval", fontsize=9)
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=8)
    fig.legend(loc="outside upper right", ncols=3, frameon=False, fontsize=8)
    save(fig, path, note)
