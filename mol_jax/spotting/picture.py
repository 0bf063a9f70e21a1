"""The signal of recordings over time, with the intervals that are true and those spotted."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mol_jax.reporting.figures import BLUE, GREY, ORANGE, new_figure, save

MOST = 6  # recordings of a picture: those of most intervals
Span = tuple[float, float]


@dataclasses.dataclass(frozen=True)
class Trace:
    """What is drawn of one recording: its signal [n] at times [n] s, and spans in s.

    other: true intervals of another kind, as macro-expressions.
    """

    name: str
    times: np.ndarray
    signal: np.ndarray
    spotted: Sequence[Span]
    true: Sequence[Span] = ()
    other: Sequence[Span] = ()


def draw(path: Path, traces: Sequence[Trace], threshold: float, *, note: str = "") -> None:
    """Draws a panel for each of a few recordings; note: as for `figures.save`."""
    busiest = sorted(traces, key=lambda one: -len(one.true) - len(one.spotted))[:MOST]
    shown = [one for one in traces if one in busiest]
    fig = new_figure(9.0, 1.35 * len(shown) + 0.7)
    axes = fig.subplots(len(shown), 1, squeeze=False)[:, 0]
    for ax, one in zip(axes, shown, strict=True):
        _panel(ax, one, threshold)
    axes[-1].set_xlabel("s", fontsize=9)
    handles, labels = _legend(axes)
    fig.legend(handles, labels, loc="outside upper right", ncols=5, frameon=False, fontsize=8)
    save(fig, path, note)


def _panel(ax, one: Trace, threshold: float) -> None:
    top = max(2 * threshold, float(one.signal.max(initial=0)))
    ax.plot(one.times, np.maximum(one.signal, 0), color=GREY, lw=0.9, label="signal")
    ax.axhline(threshold, color=GREY, lw=0.9, ls=":", label="threshold")
    for spans, low, high, color, label in (
        (one.true, 1.02, 1.12, BLUE, "true"),
        (one.other, 1.02, 1.12, "#9ecae1", "true, other kind"),
        (one.spotted, 1.14, 1.24, ORANGE, "spotted"),
    ):
        for start, end in spans:
            ax.fill_between([start, end], low * top, high * top, color=color, lw=0, label=label)
    for start, end in one.true:
        ax.axvspan(start, end, ymax=1 / 1.27, color=BLUE, alpha=0.12, lw=0)
    ax.set_ylim(0, 1.27 * top)
    ax.set_xlim(one.times[0], one.times[-1])
    ax.set_title(one.name, fontsize=8, loc="left", pad=2)
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=8)


def _legend(axes) -> tuple[list, list[str]]:
    """Returns each label of any panel once."""
    found: dict[str, object] = {}
    for ax in axes:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    return list(found.values()), list(found)
