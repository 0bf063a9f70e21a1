"""A network's own displacement beside TV-L1, and the regions of the face that it weighed.

Motion has one colour wheel and one scale in all panels, and arrows, so that no direction is told by
its hue alone. Faces are shown only where pictures are given.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from data_builders.records.gallery import SLOWEST, flow_colours
from mol_jax.dense.displaced import Displaced
from mol_jax.dense.figures import MARGIN, draw_picture, draw_wheel, most, panel
from mol_jax.reporting.figures import BLUE, new_figure, save
from mol_jax.reporting.region_figure import LABEL, SIDE, plate

PANEL, UNDER, LEGEND = 2.1, 0.35, 3.3  # inch: a panel, the text under it, all of the legend
ARROWS = 12  # along a side
FAINT = 0.05  # of the longest arrow
# Where a region's patches stand among the others', in thirds: as the regions lie in the face.
PLACES = {
    "1L": (0, 0), "2": (0, 1), "1R": (0, 2), "3L": (1, 0), "4": (1, 1), "3R": (1, 2),
    "5L": (2, 0), "6": (2, 1), "5R": (2, 2),
}  # fmt: skip
TITLES = {
    "first": "onset",
    "second": "apex",
    "flow": "TV-L1, onset → apex",
    "displacement": "displacement of the network",
    "difference": "displacement − TV-L1",
    "weights": "weight of each region, %",
    "local_weights": "weights within each region",
}


@dataclasses.dataclass(frozen=True, eq=False)
class Row:
    """One clip of one run. name, run: as drawn. regions: the names of its regions.

    ratio: L_rec(D)/L_rec(0) by the run's table, None without a displacement. pictures: the onset
    and the apex [2, S, S], or the onset alone; None where no face may be shown.
    """

    name: str
    run: str
    kept: Displaced
    regions: Sequence[str] = ()
    ratio: float | None = None
    pictures: np.ndarray | None = None

    def motion(self) -> dict[str, np.ndarray]:
        """Returns what there is of TV-L1, the displacement and their difference, [S, S, 2] px."""
        kept = self.kept
        found = {"flow": kept.flow, "displacement": kept.displacement}
        if kept.flow is not None and kept.displacement is not None:
            found["difference"] = kept.displacement - kept.flow
        return {name: of for name, of in found.items() if of is not None}

    def shown(self) -> list[str]:
        """Returns the names of its panels, of `TITLES`."""
        named = self.regions and self.kept.boxes is not None
        there = {
            "first": self.pictures is not None,
            "second": self.pictures is not None and len(self.pictures) > 1,
            **dict.fromkeys(self.motion(), True),
            "weights": named and self.kept.weights is not None,
            "local_weights": named and self.kept.local_weights is not None,
        }
        return [name for name in TITLES if there.get(name)]


def draw(path: Path, rows: Sequence[Row], *, note: str = "") -> None:
    """Draws a line of panels for each row. note: what must stand on the picture."""
    shown = [name for name in TITLES if any(name in row.shown() for row in rows)]
    longest = _longest(rows)
    darkest = _darkest(rows)
    height = max(LEGEND, MARGIN + (PANEL + UNDER) * len(rows))
    fig = new_figure(PANEL * (len(shown) + 0.9), height)
    grid = fig.add_gridspec(len(rows), len(shown) + 1, width_ratios=[1.0] * len(shown) + [0.9])
    for k, row in enumerate(rows):
        for column, name in enumerate(shown):
            ax = panel(fig, grid[k, column])
            ax.set_title(TITLES[name] if k == 0 else "", fontsize=8)
            if column == 0:
                ax.set_ylabel(f"{row.name}\n{row.run}", fontsize=7)
            if name not in row.shown():
                ax.set_box_aspect(1)
                ax.set_xlabel("none", fontsize=7)
                continue
            _draw(ax, row, name, longest, darkest)
    _legend(fig, grid[:, len(shown)], shown, longest, darkest)
    save(fig, path, note)


def _draw(ax: Axes, row: Row, name: str, longest: float, darkest: tuple[float, float]) -> None:
    """Draws one panel."""
    if row.pictures is not None and name in ("first", "second"):
        draw_picture(ax, row.pictures[("first", "second").index(name)])
    elif name == "weights":
        _draw_weights(ax, row, darkest[0])
    elif name == "local_weights":
        _draw_patches(ax, row, darkest[1])
    else:
        flow = row.motion()[name]
        ax.imshow(flow_colours(flow, longest)[..., ::-1])
        _draw_arrows(ax, flow, longest)
        ax.set_xlabel(_words(row, name, flow), fontsize=7)


def _words(row: Row, name: str, flow: np.ndarray) -> str:
    """Says in px what a panel of motion shows."""
    if name == "difference" and row.kept.error is not None:
        error, still = row.kept.error
        return f"end-point error {error:.3f} px\n(of no displacement {still:.3f})"
    mean = f"mean {np.linalg.norm(flow, axis=-1).mean():.3f} px"
    if name == "displacement" and row.ratio is not None:
        return f"{mean}\nL_rec(D)/L_rec(0) {row.ratio:.3f}"
    return mean


def _draw_arrows(ax: Axes, flow: np.ndarray, longest: float) -> None:
    """Draws the mean of each block of pixels; an arrow of `longest` px fills its block.

    Where it is faint there is none: dots would say nothing.
    """
    side = flow.shape[0]
    edges = np.linspace(0, side, ARROWS + 1).astype(int)
    rows = np.add.reduceat(flow, edges[:-1], axis=0) / np.diff(edges)[:, None, None]
    means = np.add.reduceat(rows, edges[:-1], axis=1) / np.diff(edges)[None, :, None]
    length = np.linalg.norm(means, axis=-1, keepdims=True)
    means = np.where(length < FAINT * longest, np.nan, means / np.maximum(1, length / longest))
    centre = (edges[:-1] + edges[1:] - 1) / 2
    ax.quiver(
        centre, centre, means[..., 0], means[..., 1], angles="xy", scale_units="xy",
        scale=longest * ARROWS / side, width=0.006, headwidth=4, minlength=0.5, color="black",
    )  # fmt: skip


def _draw_weights(ax: Axes, row: Row, darkest: float) -> None:
    """Draws the boxes of the clip's own face, and on each a plate with its weight."""
    kept, side = row.kept, int(row.kept.side)
    assert kept.boxes is not None and kept.weights is not None, "a panel is drawn of what there is"
    if row.pictures is not None:
        draw_picture(ax, row.pictures[0])
    size = LABEL[0] * side / SIDE, LABEL[1] * side / SIDE
    for name, box, weight in zip(row.regions, kept.boxes, kept.weights, strict=True):
        x0, y0, x1, y1 = box
        ax.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, color=BLUE, lw=0.6))
        text = f"{name.removeprefix('tile')}\n{100 * weight:.0f}"
        plate(ax, ((x0 + x1) / 2, (y0 + y1) / 2), text, weight / darkest, size, points=5.5)
    ax.set_xlim(-0.5, side - 0.5)
    ax.set_ylim(side - 0.5, -0.5)
    ax.set_aspect("equal")
    ax.set_xlabel(
        f"an even share is {100 * kept.weights.sum() / len(kept.weights):.0f}", fontsize=7
    )


def _draw_patches(ax: Axes, row: Row, darkest: float) -> None:
    """Draws each region's patches as a map of their weights; regions overlap, so side by side."""
    weights = row.kept.local_weights
    assert weights is not None, "a panel is drawn of what there is"
    across = round(weights.shape[-1] ** 0.5)
    for k, (name, of) in enumerate(zip(row.regions, weights, strict=True)):
        y, x = PLACES.get(name, divmod(k, 3))
        left, top = x * 1.0, y * 1.15
        values = of.reshape(across, across)
        corners = left + 0.05, left + 0.95, top + 1.12, top + 0.22
        ax.imshow(values, cmap="Blues", vmin=0, vmax=darkest, extent=corners)
        ax.text(left + 0.5, top + 0.19, name, ha="center", va="bottom", fontsize=6)
    ax.set_xlim(-0.25, 3.25)
    ax.set_ylim(3.5, 0)
    ax.set_aspect("equal")
    ax.set_xlabel(f"{across} × {across} patches of each,\neach as it is resampled", fontsize=7)


def _longest(rows: Sequence[Row]) -> float:
    """Returns the length that is drawn in full colour: of TV-L1, of the displacement without it."""
    every = [row.motion() for row in rows]
    for name in ("flow", "displacement"):
        lengths = [most(np.linalg.norm(of[name], axis=-1)) for of in every if name in of]
        if lengths:
            return max(SLOWEST, *lengths)
    return SLOWEST


def _darkest(rows: Sequence[Row]) -> tuple[float, float]:
    """Returns the weights drawn darkest: of regions, and of the patches in them.

    Never less than twice an even share, so that even weights do not look like a choice.
    """
    found = []
    for name in ("weights", "local_weights"):
        every = [of for row in rows if (of := getattr(row.kept, name)) is not None]
        found.append(max((max(of.max(), 2 / of.shape[-1]) for of in every), default=1.0))
    return float(found[0]), float(found[1])


def _legend(
    fig: Figure, place: Any, shown: Sequence[str], longest: float, darkest: tuple[float, float]
) -> None:
    """Draws the colour wheel and says what the colours, arrows and blues are."""
    ax = panel(fig, place)
    ax.spines[:].set_visible(False)
    said = []
    if {"flow", "displacement"} & {*shown}:
        draw_wheel(ax)
        said += [
            f"motion, all panels:\nrim {longest:.2f} px and more,\nwhite no motion;\narrows: means"
        ]
    if "weights" in shown:
        said += [f"regions: darkest {100 * darkest[0]:.0f} %"]
    if "local_weights" in shown:
        said += [f"patches: white 0,\ndarkest {100 * darkest[1]:.0f} % of a region"]
    ax.set_xlabel("\n\n".join(said), fontsize=7)
