"""What a map of the face is drawn over: the mean aligned face, or the outline of a mean one."""

import dataclasses
from collections.abc import Collection

import numpy as np
from matplotlib.axes import Axes

from mol_jax.data.clips import Dataset
from mol_jax.dense.figures import draw_picture
from mol_jax.pictures.maps.inputs import MOSAIC, REGIONS
from mol_jax.reporting.figures import GREY
from mol_jax.reporting.region_figure import SIDE, STROKES, average_points


@dataclasses.dataclass(frozen=True, eq=False)
class Backdrop:
    """Of the aligned image of `side` px: landmarks [68, 2] px, and a mean face if any may be shown.

    picture: [side, side] grey levels, or None. corner: px, where the centre crop begins.
    """

    side: int
    corner: int
    points: np.ndarray
    picture: np.ndarray | None = None

    def draw(self, ax: Axes, name: str, ink: str = GREY) -> tuple[float, float, float, float]:
        """Draws it as it lies behind an input, and returns (left, right, bottom, top) for a map.

        name: of `inputs.ROWS`; "frames" are the centre crop, all others of the whole image. ink: of
        an outline.
        """
        margin = self.corner if name == "frames" else 0
        low, high = margin - 0.5, self.side - margin - 0.5
        if name == MOSAIC:
            _draw_mosaic(ax, low, high)
        elif self.picture is not None:
            draw_picture(ax, self.picture)
        else:
            for stroke in STROKES:
                ax.plot(*self.points[list(stroke)].T, color=ink, lw=0.8, zorder=3)
        ax.set_xlim(low, high)
        ax.set_ylim(high, low)
        ax.set_aspect("equal")
        return low, high, high, low


def _draw_mosaic(ax: Axes, low: float, high: float) -> None:
    """Draws the seams of the four regions that the mosaic is put together from."""
    middle = (low + high) / 2
    for k, name in enumerate(REGIONS):
        y, x = np.divmod(k, 2)
        ax.text(
            low + (x + 0.5) * (middle - low), low + (y + 0.92) * (middle - low), name,
            ha="center", va="bottom", fontsize=6, color=GREY, zorder=4,
        )  # fmt: skip
    ax.axhline(middle, color="black", lw=0.8, zorder=3)
    ax.axvline(middle, color="black", lw=0.8, zorder=3)


def backdrop(dataset: Dataset, *, side: int, crop: int, shown: Collection[int] | None) -> Backdrop:
    """Returns the backdrop of a dataset's clips.

    shown: rows whose faces may be shown, whose mean is drawn; None for no face. The outline is the
    mean landmarks of all clips or, where the network reads none, the average generated face's.
    """
    table, corner = dataset.table, (side - crop) // 2
    if table.landmarks is not None:
        points = table.landmarks[:: table.samples, 0].mean(0)
    elif "onset_landmarks" in table.inputs:
        points = np.asarray(table.inputs["onset_landmarks"]).mean(0)
    else:
        points = average_points() * side / SIDE
    picture = None
    if shown:
        picture = dataset.shown[sorted(shown), 0].mean(0, dtype=np.float64)
    return Backdrop(side, corner, points, picture)
