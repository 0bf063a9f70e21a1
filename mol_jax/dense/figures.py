"""Figures 5 and 6: the flow and the landmarks of several runs on the same held-out pairs.

Flow has one colour wheel and one scale in all panels. Faces are shown only where pictures are
given; without them a panel is colours, or points.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import jax.numpy as jnp
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from data_builders.common.gallery import SLOWEST, flow_colours, flow_wheel
from mol_jax import accuracy
from mol_jax.dense.kept import Kept
from mol_jax.dense.warp import difference
from mol_jax.reporting.figures import BLUE, GREY, ORANGE, new_figure, save

PANEL, MARGIN = 1.5, 0.45  # inch
WHEEL = 201  # px
# dlib's points in the order in which they are joined: jaw, brows, nose, eyes, lips.
STROKES = (
    range(17), range(17, 22), range(22, 27), range(27, 31), range(31, 36),
    (*range(36, 42), 36), (*range(42, 48), 42), (*range(48, 60), 48), (*range(60, 68), 60),
)  # fmt: skip


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
        first, second = self.runs[0].numbers[self.pair : self.pair + 2]
        return f"{self.name}\nframes {first:g} → {second:g}"

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
    return float(accuracy.landmark_error(jnp.asarray(landmarks), jnp.asarray(target)))


def draw_flow(path: Path, titles: Sequence[str], rows: Sequence[Shown]) -> None:
    """Draws Figure 5: the target and the runs' flow, and under it the residuals where faces may be.

    titles: of the runs, all of which have flow. Numbers under a panel: EPE in px, residual in grey
    levels.
    """
    flows = [row.flows() for row in rows]
    longest = max(float(np.quantile(np.linalg.norm(f, axis=-1), 0.99)) for of in flows for f in of)
    longest = max(longest, SLOWEST)
    faces = rows[0].pictures is not None
    lines, columns = len(rows) * (1 + faces), len(titles) + 1 + faces
    fig = new_figure(PANEL * (columns + 1.2), MARGIN + (PANEL + 0.35) * lines)
    grid = fig.add_gridspec(lines, columns + 1, width_ratios=[1.0] * columns + [1.2])
    residuals = [_residuals(row, of) for row, of in zip(rows, flows, strict=True) if faces]
    brightest = max((float(np.quantile(r, 0.99)) for of in residuals for r in of), default=1.0)
    for k, (row, of) in enumerate(zip(rows, flows, strict=True)):
        axes = [_panel(fig, grid[k * (1 + faces), c]) for c in range(columns)]
        if row.pictures is not None:
            _picture(axes[0], _crop(row, 0), "first frame" if k == 0 else "")
            below = [_panel(fig, grid[2 * k + 1, c]) for c in range(columns)]
            _picture(below[0], _crop(row, 1), "second frame" if k == 0 else "")
            for ax, left in zip(below[1:], residuals[k], strict=True):
                ax.imshow(left, cmap="Greys", vmin=0, vmax=brightest)
            below[1].set_ylabel("residual, Eq 11", fontsize=7)
        axes[0].set_ylabel(row.label, fontsize=7)
        titled = ["ground truth", *titles] if k == 0 else [""] * len(of)
        for ax, flow, left, title in zip(axes[faces:], of, row.residuals(), titled, strict=True):
            ax.imshow(flow_colours(flow, longest)[..., ::-1])
            ax.set_title(title, fontsize=8)
            error = np.linalg.norm(flow - of[0], axis=-1).mean()
            still = f", still {row.runs[0].residual_zero[row.pair]:.2f}" if flow is of[0] else ""
            first = "TV-L1" if flow is of[0] else f"EPE {error:.3f}"
            ax.set_xlabel(f"{first}\nresidual {left:.2f}{still}", fontsize=7)
    _legend(fig, grid[:, columns], longest, brightest if faces else None)
    save(fig, path)


def draw_landmarks(path: Path, titles: Sequence[str], rows: Sequence[Shown]) -> None:
    """Draws Figure 6: the true landmarks and the runs', on the second frame of each pair.

    titles: of the runs, all of which have landmarks.
    """
    columns = len(titles) + 1
    fig = new_figure(PANEL * 1.25 * columns, MARGIN + (PANEL * 1.25 + 0.3) * len(rows))
    for k, row in enumerate(rows):
        true = row.runs[0].true_landmarks[row.pair]
        every = [true, *(of.landmarks[row.pair] for of in row.runs if of.landmarks is not None)]
        for c, points in enumerate(every):
            ax = _panel(fig, (len(rows), columns, k * columns + c + 1))
            _face(ax, row, true)
            if c == 0:
                ax.set_ylabel(
                    f"{row.name}\nframe {row.runs[0].numbers[row.pair + 1]:g}", fontsize=7
                )
                ax.set_xlabel("ground truth (dlib)", fontsize=7)
            else:
                ax.plot(*np.stack([true, points], 1).T, color=ORANGE, lw=0.8)
                ax.plot(*points.T, "o", color=BLUE, ms=1.6, mew=0)
                ax.set_xlabel(f"NME {landmark_error(points, true):.2f} %", fontsize=7)
            if k == 0:
                ax.set_title(["ground truth", *titles][c], fontsize=8)
    save(fig, path)


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


def _panel(fig: Figure, place) -> Axes:
    """Returns an empty frame without ticks."""
    ax = fig.add_subplot(*place) if isinstance(place, tuple) else fig.add_subplot(place)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_color(GREY)
    return ax


def _picture(ax: Axes, picture: np.ndarray, title: str) -> None:
    ax.imshow(picture, cmap="gray", vmin=0, vmax=255)
    ax.set_title(title, fontsize=8)


def _face(ax: Axes, row: Shown, true: np.ndarray) -> None:
    """Draws the second frame, or white, and the true landmarks as thin strokes."""
    crop = row.runs[0].crop
    if row.pictures is not None:
        _picture(ax, _crop(row, 1), "")
    for stroke in STROKES:
        ax.plot(*true[list(stroke)].T, color=GREY, lw=0.7)
    ax.set_xlim(-0.5, crop - 0.5)
    ax.set_ylim(crop - 0.5, -0.5)
    ax.set_aspect("equal")


def _legend(fig: Figure, place, longest: float, brightest: float | None) -> None:
    """Draws the colour wheel, whose rim is the longest flow, and what the greys are."""
    ax = _panel(fig, place)
    ax.spines[:].set_visible(False)
    wheel = flow_wheel(WHEEL)[..., ::-1].copy()
    y, x = np.mgrid[:WHEEL, :WHEEL] - (WHEEL - 1) / 2
    wheel[np.hypot(x, y) > 0.4 * WHEEL] = 255
    ax.imshow(wheel)
    ax.set_anchor("N")
    text = f"flow, all panels:\nrim {longest:.2f} px and more\nwhite: no motion"
    if brightest is not None:
        text += f"\n\nresidual, all panels:\nblack {brightest:.1f} grey levels\nand more"
    ax.set_xlabel(text, fontsize=7)
