"""Maps of a class over the face: where a network looks, by its gradient or by what is hidden."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize

from mol_jax.dense.figures import most, panel
from mol_jax.pictures.maps.backdrop import Backdrop
from mol_jax.pictures.maps.maps import OfClips
from mol_jax.reporting import lettering
from mol_jax.reporting.figures import GREY, new_figure, save

PANEL = 2.1  # inch
ACROSS = 4  # panels side by side
SIGNED, UNSIGNED = "PuOr", "viridis"  # told apart without seeing red from green
FAINT = 0.85  # of a map over a face, at its strongest: what lies behind stays to be seen


def draw_maps(
    path: Path,
    classes: Sequence[str],
    clips: OfClips,
    name: str,
    behind: Backdrop,
    *,
    title: str,
    scale: str,
    signed: bool,
    note: str = "",
) -> dict[str, str]:
    """Draws the mean map of each class over a face, all on one scale, and the backdrop alone.

    name: of the input that maps are of. scale: words at the colour bar. signed: whether values
    below 0 are a finding; then a dot marks a place whose interval over people has no 0 in it.
    Returns what numbers among the names stand for.
    """
    letters = lettering.letter(classes)
    there = [k for k in range(len(classes)) if (clips.label == k).any()]
    means = {k: clips.of_class(k).maps.mean(0) for k in there}
    strongest = max(most(np.abs(mean)) for mean in means.values()) or 1.0
    norm = Normalize(-strongest if signed else 0.0, strongest)
    fig, axes = _panels(len(there) + 1)
    behind.draw(axes[0], name)
    axes[0].set_title("what lies behind", fontsize=8)
    palette = mpl.colormaps[SIGNED if signed else UNSIGNED]
    for ax, k in zip(axes[1:], there, strict=True):
        extent = behind.draw(ax, name, GREY if signed else "white")
        _draw_map(ax, means[k], extent, norm, palette, over=behind.picture is not None)
        of = clips.of_class(k)
        if signed:
            _dots(ax, of.sure(), extent)
        people = len(set(of.person))
        ax.set_title(f"{letters.names[k]}\n{len(of.rows)} clips of {people} people", fontsize=8)
    bar = fig.colorbar(ScalarMappable(norm, palette), ax=axes, shrink=0.8)
    bar.set_label(scale, fontsize=8)
    bar.ax.tick_params(labelsize=7)
    fig.suptitle(title, fontsize=9)
    save(fig, path, note)
    return letters.numbered


def _panels(number: int) -> tuple[mpl.figure.Figure, list[Axes]]:
    """Returns a figure with so many panels, at most `ACROSS` side by side."""
    lines, across = -(-number // ACROSS), min(number, ACROSS)
    fig = new_figure(PANEL * across + 1.1, 0.5 + (PANEL + 0.3) * lines)
    grid = fig.add_gridspec(lines, across)
    return fig, [panel(fig, grid[k // across, k % across]) for k in range(number)]


def _draw_map(
    ax: Axes,
    values: np.ndarray,
    extent: tuple[float, float, float, float],
    norm: Normalize,
    palette: mpl.colors.Colormap,
    *,
    over: bool,
) -> None:
    """Draws a map in place; over a face the weaker a value, the more of the face is seen."""
    colours = palette(norm(values))
    if over:
        strength = np.clip(np.abs(values) / norm.vmax, 0, 1)
        colours[..., 3] = FAINT * strength
    ax.imshow(colours, extent=extent, interpolation="nearest", zorder=2)


def _dots(ax: Axes, sure: np.ndarray, extent: tuple[float, float, float, float]) -> None:
    """Draws a dot in the middle of each cell that is marked."""
    left, right, bottom, top = extent
    rows, columns = np.nonzero(sure)
    x = left + (columns + 0.5) * (right - left) / sure.shape[1]
    y = top + (rows + 0.5) * (bottom - top) / sure.shape[0]
    ax.plot(x, y, "o", color="black", ms=2, mec="white", mew=0.4, zorder=4)
