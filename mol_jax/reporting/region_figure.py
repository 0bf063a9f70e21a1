"""A schematic face with the weight of each of its regions, and the same weights as bars.

The face is nobody's: the average one, at which the boxes of the nine regions lie as printed here.
"""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from data_builders.pixels.alignment import map_points, similarity
from data_builders.synthetic.drawing.identity import average_face
from mol_jax.reporting.figures import BLUE, GREY, ORANGE, clean, new_figure, save

SIDE = 288  # px of the aligned image
# dlib's points in the order in which they are joined: jaw, brows, nose, eyes, lips.
STROKES = (
    range(17), range(17, 22), range(22, 27), range(27, 31), range(31, 36),
    (*range(36, 42), 36), (*range(42, 48), 42), (*range(48, 60), 48), (*range(60, 68), 60),
)  # fmt: skip
# (x0, y0, x1, y1) px of the average face's regions; a test compares them with the network's.
BOXES = {
    "1L": (45, 35, 126, 92),
    "1R": (161, 35, 242, 92),
    "2": (82, 35, 205, 89),
    "3L": (51, 79, 144, 156),
    "3R": (144, 79, 236, 156),
    "4": (86, 58, 201, 193),
    "5L": (28, 126, 144, 244),
    "5R": (144, 126, 259, 244),
    "6": (81, 170, 206, 282),
}
TILES = 3  # along a side, where the regions are tiles
LABEL = (41, 31)  # px, width and height of a region's plate: none of the average face's touch
DARK = 0.55  # share of the scale from which letters are white


def draw(
    path: Path,
    names: Sequence[str],
    weights: Sequence[float],
    bounds: Sequence[Sequence[float] | None],
    *,
    even: float,
    leader: int | None = None,
    note: str = "",
) -> None:
    """Draws mean weights in %: on the face, and as bars with their intervals.

    names: of `BOXES`, or "tile1" … "tile9" row by row. bounds: low and high of each, None for none.
    even: an even share, in %. leader: the place of the region that stands out, drawn apart.
    """
    fig = new_figure(8.2, 3.6)
    face, bars = fig.subplots(1, 2, width_ratios=[1, 1.25])
    most = max(*weights, 2 * even)
    draw_face(face, names, weights, most, leader=leader)
    color = [ORANGE if k == leader else BLUE for k in range(len(names))]
    bars.bar(range(len(names)), weights, color=color, width=0.7)
    for k, of in enumerate(bounds):
        if of is not None:
            bars.vlines(k, *of, color="black", lw=1.5)
            bars.hlines(of, k - 0.12, k + 0.12, color="black", lw=1.5)
    bars.axhline(even, color=GREY, lw=1.2, ls="--", label=f"even share, {even:.1f} %")
    bars.set_xticks(range(len(names)), names)
    bars.set_ylabel("mean weight, %, and its 95 % interval", fontsize=8)
    sides = " (L: left in the picture)" if names[0] in BOXES else ""
    bars.set_xlabel(f"region{sides}", fontsize=8)
    bars.legend(loc="lower right", bbox_to_anchor=(1, 1), frameon=False, fontsize=8)
    clean(bars)
    save(fig, path, note)


def draw_face(
    ax: Axes,
    names: Sequence[str],
    weights: Sequence[float],
    most: float,
    *,
    leader: int | None = None,
) -> None:
    """Draws the face, its boxes as outlines and on each a plate: its name, its weight, its colour.

    Boxes overlap, so that filled ones would mix their colours. most: the weight of the darkest.
    """
    points = average_points()
    for stroke in STROKES:
        ax.plot(*points[list(stroke)].T, color=GREY, lw=0.8, zorder=1)
    for k, (name, weight) in enumerate(zip(names, weights, strict=True)):
        x0, y0, x1, y1 = box_of(name)
        first = k == leader
        color, width = (ORANGE, 2.0) if first else (BLUE, 0.6)
        box = Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, color=color, lw=width)
        box.set_zorder(2 + first)
        ax.add_patch(box)
        plate(ax, ((x0 + x1) / 2, (y0 + y1) / 2), f"{name}\n{weight:.1f} %", weight / most, LABEL)
    ax.set_xlim(-2, SIDE + 1)
    ax.set_ylim(SIDE + 1, -2)
    ax.set_aspect("equal")
    ax.set_axis_off()
    ax.set_title("weight of each region, on the average face", fontsize=8)


def plate(
    ax: Axes,
    centre: tuple[float, float],
    text: str,
    share: float,
    size: tuple[float, float],
    *,
    points: float = 6.5,
) -> None:
    """Draws letters of so many points on a plate, the darker the larger the share, 0 to 1."""
    (x, y), (width, height) = centre, size
    corner = x - width / 2, y - height / 2
    face = mpl.colormaps["Blues"](share)
    ax.add_patch(Rectangle(corner, width, height, fc=face, ec="black", lw=0.6, zorder=4))
    color = "white" if share > DARK else "black"
    ax.text(x, y, text, ha="center", va="center", fontsize=points, color=color, zorder=5)


def average_points() -> np.ndarray:
    """Returns the average face's landmarks [68, 2], px of the aligned image."""
    points = average_face()
    return map_points(similarity(points, SIDE), points)


def box_of(name: str) -> tuple[float, float, float, float]:
    """Returns a region's box on the average face; of a tile, where it lies in the image."""
    if name in BOXES:
        return BOXES[name]
    y, x = np.multiply(divmod(int(name.removeprefix("tile")) - 1, TILES), SIDE / TILES)
    return x, y, x + SIDE / TILES - 1, y + SIDE / TILES - 1
