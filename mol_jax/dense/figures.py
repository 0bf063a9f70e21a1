"""Figures 5 and 6: the flow and the landmarks of several runs on the same held-out pairs.

Flow has one colour wheel and one scale in all panels. Faces are shown only where pictures are
given; without them a panel is colours, or points.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from data_builders.records.gallery import SLOWEST, flow_colours, flow_wheel
from mol_jax.dense.kept import Kept
from mol_jax.dense.warp import difference
from mol_jax.networks.mol import measures
from mol_jax.reporting.figures import BLUE, GREY, ORANGE, new_figure, save
from mol_jax.reporting.region_figure import STROKES

PANEL, WIDE, UNDER, MARGIN = 1.5, 1.9, 0.2, 0.35  # inch: panels, the text under them, the titles
SKY, YELLOW = "#56B4E9", "#F0E442"  # Okabe and Ito's, to be seen on skin of any shade
WHEEL = 201  # px


@dataclasses.dataclass(frozen=True, eq=False)
class Shown:
    """One row of a figure: a pair of a clip and what each run kept of it.

    name: of the clip. pair: from 0. runs: as the figure's, in their order. pictures: the two
    aligned frames [2, S, S], None where no face may be shown.
    """

    name: str
    pair: int
    runs: Sequence[Kept]
    pictures: np.ndarray | None = None

    @property
    def label(self) -> str:
        """Returns the clip and the numbers of the two frames."""
        first, second = self.numbers
        return f"{self.name}\nframes {first:g} → {second:g}"

    @property
    def numbers(self) -> np.ndarray:
        """Returns the numbers of the two frames, [2]."""
        return self.runs[0].numbers[self.pair : self.pair + 2]

    @property
    def faces(self) -> bool:
        """Tells whether there are pictures."""
        return self.pictures is not None

    def flows(self) -> list[np.ndarray]:
        """Returns the target flow and that of each run, [H, W, 2] px."""
        first, *_ = self.runs
        every = [first.true_flow, *(of.flow for of in self.runs)]
        return [of[self.pair].astype(np.float32) for of in every if of is not None]

    def residuals(self) -> list[float]:
        """Returns what is left of Eq 11 by each of `flows`, mean grey levels."""
        every = [self.runs[0].residual_true, *(of.residual for of in self.runs)]
        return [float(of[self.pair]) for of in every if of is not None]


def fastest_pair(kept: Kept) -> int:
    """Returns the pair of the largest mean motion by its target: no prediction chooses it."""
    return int(np.linalg.norm(kept.true_flow.astype(np.float32), axis=-1).mean((1, 2)).argmax())


def landmark_error(landmarks: np.ndarray, target: np.ndarray) -> float:
    """Returns the NME of one frame in percent, as the run's tables have it, for [68, 2] px."""
    return float(measures.landmark_error(jnp.asarray(landmarks), jnp.asarray(target)))


def draw_flow(path: Path, titles: Sequence[str], rows: Sequence[Shown], *, note: str = "") -> None:
    """Draws Figure 5: the target and the runs' flow, and under it the residuals where faces may be.

    titles: of the target and of the runs, all of which have flow. Numbers under a panel: EPE in px,
    residual in grey levels. The scale is that of the targets, the residuals' that of zero flow: a
    run that fails does not bleach the others. note: what must stand on the picture.
    """
    flows = [row.flows() for row in rows]
    longest = max(SLOWEST, *(most(np.linalg.norm(true, axis=-1)) for true, *_ in flows))
    residuals = [_residuals(row, of) for row, of in zip(rows, flows, strict=True) if row.faces]
    still = [
        most(_residuals(row, [0 * of[0]])[0])
        for row, of in zip(rows, flows, strict=True)
        if row.faces
    ]
    brightest = max(still, default=None)
    per_row = 2 if residuals else 1
    lines, columns = len(rows) * per_row, len(titles) + per_row - 1
    fig = new_figure(PANEL * (columns + 1.2), MARGIN + (PANEL + UNDER) * lines)
    grid = fig.add_gridspec(lines, columns + 1, width_ratios=[1.0] * columns + [1.2])
    for k, (row, of) in enumerate(zip(rows, flows, strict=True)):
        axes = [panel(fig, grid[k * per_row, c]) for c in range(columns)]
        axes[0].set_ylabel(row.label, fontsize=7)
        _draw_flows(axes[per_row - 1 :], row, of, longest)
        for ax, title in zip(axes[per_row - 1 :], titles, strict=True):
            ax.set_title(title if k == 0 else "", fontsize=8)
        if residuals and brightest is not None:
            below = [panel(fig, grid[k * per_row + 1, c]) for c in range(columns)]
            _draw_residuals([axes[0], *below], row, residuals[k], brightest)
    _legend(fig, grid[:, columns], longest, brightest)
    save(fig, path, note)


def _draw_flows(
    axes: Sequence[Axes], row: Shown, flows: Sequence[np.ndarray], longest: float
) -> None:
    """Draws the target's colours and the runs', with their figures under them."""
    for k, (ax, flow, left) in enumerate(zip(axes, flows, row.residuals(), strict=True)):
        ax.imshow(flow_colours(flow, longest)[..., ::-1])
        error = np.linalg.norm(flow - flows[0], axis=-1).mean()
        length = np.linalg.norm(flow, axis=-1).mean()
        words = f"EPE {error:.3f}" if k else f"mean {length:.3f} px"
        ax.set_xlabel(words if row.faces else f"{words}\nresidual {left:.2f}", fontsize=7)


def _draw_residuals(
    axes: Sequence[Axes], row: Shown, residuals: Sequence[np.ndarray], brightest: float
) -> None:
    """Draws the two frames and what is left of each flow; axes: as many and one more."""
    first, second, *others = axes
    draw_picture(first, _crop(row, 0))
    first.set_xlabel("first frame", fontsize=7)
    draw_picture(second, _crop(row, 1))
    still = row.runs[0].residual_zero[row.pair]
    second.set_xlabel(f"second frame\nzero flow: residual {still:.2f}", fontsize=7)
    for ax, left in zip(others, residuals, strict=True):
        ax.imshow(left, cmap="Greys", vmin=0, vmax=brightest)
        ax.set_xlabel(f"residual {left.mean():.2f}", fontsize=7)


def draw_landmarks(
    path: Path, titles: Sequence[str], rows: Sequence[Shown], *, note: str = ""
) -> None:
    """Draws Figure 6: the true landmarks and the runs', on the second frame of each pair.

    titles: of the truth and of the runs, all of which have landmarks.
    """
    fig = new_figure(WIDE * len(titles), MARGIN + (WIDE + UNDER / 2) * len(rows))
    grid = fig.add_gridspec(len(rows), len(titles))
    for k, row in enumerate(rows):
        true = row.runs[0].true_landmarks[row.pair]
        axes = [panel(fig, grid[k, c]) for c in range(len(titles))]
        axes[0].set_ylabel(f"{row.name}\nframe {row.numbers[1]:g}", fontsize=7)
        for ax, title in zip(axes, titles, strict=True):
            _face(ax, row, true)
            ax.set_title(title if k == 0 else "", fontsize=8)
        for ax, of in zip(axes[1:], row.runs, strict=True):
            assert of.landmarks is not None, "runs with landmarks only"
            points = of.landmarks[row.pair]
            ax.plot(*np.stack([true, points], 1).T, color=ORANGE, lw=0.8)
            ax.plot(*points.T, "o", color=SKY if row.faces else BLUE, ms=1.8, mew=0)
            ax.set_xlabel(f"NME {landmark_error(points, true):.2f} %", fontsize=7)
    save(fig, path, note)


def most(values: np.ndarray) -> float:
    """Returns what all but a hundredth of the pixels stay below."""
    return float(np.quantile(values, 0.99))


def _residuals(row: Shown, flows: Sequence[np.ndarray]) -> list[np.ndarray]:
    assert row.pictures is not None, "residuals show a face"
    first, second = row.pictures
    corner = (first.shape[0] - row.runs[0].crop) // 2
    return [difference(first, second, flow, corner=corner) for flow in flows]


def _crop(row: Shown, which: int) -> np.ndarray:
    assert row.pictures is not None, "a crop shows a face"
    picture, crop = row.pictures[which], row.runs[0].crop
    corner = (picture.shape[0] - crop) // 2
    return picture[corner : corner + crop, corner : corner + crop]


def panel(fig: Figure, place: Any) -> Axes:
    """Returns an empty frame without ticks."""
    ax = fig.add_subplot(place)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_color(GREY)
    return ax


def draw_picture(ax: Axes, picture: np.ndarray) -> None:
    """Draws a picture of 8 bits in greys."""
    ax.imshow(picture, cmap="gray", vmin=0, vmax=255)


def _face(ax: Axes, row: Shown, true: np.ndarray) -> None:
    """Draws the second frame, or white, and the true landmarks as thin strokes."""
    crop = row.runs[0].crop
    if row.pictures is not None:
        draw_picture(ax, _crop(row, 1))
    for stroke in STROKES:
        ax.plot(*true[list(stroke)].T, color=YELLOW if row.faces else GREY, lw=0.7)
    ax.set_xlim(-0.5, crop - 0.5)
    ax.set_ylim(crop - 0.5, -0.5)
    ax.set_aspect("equal")


def draw_wheel(ax: Axes) -> None:
    """Draws the colour of every direction and length, without a frame."""
    ax.spines[:].set_visible(False)
    wheel = flow_wheel(WHEEL)[..., ::-1].copy()
    y, x = np.mgrid[:WHEEL, :WHEEL] - (WHEEL - 1) / 2
    wheel[np.hypot(x, y) > 0.4 * WHEEL] = 255
    ax.imshow(wheel)
    ax.set_anchor("N")


def _legend(fig: Figure, place, longest: float, brightest: float | None) -> None:
    """Draws the colour wheel, whose rim is the longest flow, and what the greys are."""
    ax = panel(fig, place)
    draw_wheel(ax)
    text = f"flow, all panels:\nrim {longest:.2f} px and more,\nwhite no motion"
    if brightest is None:
        text += "\n\nresidual: mean |difference|\nof Eq 11, grey levels"
    else:
        text += (
            f"\n\nresidual: |difference| of Eq 11,\nall panels: black {brightest:.1f} grey\n"
            "levels and more"
        )
    ax.set_xlabel(text, fontsize=7)
