"""Flow of a pair in colours: the target, the exact one, the predicted one, and what they differ by.

Below them, where faces may be shown, Eq 11: the second frame warped back by each, and what is left.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from data_builders.records.gallery import SLOWEST, flow_colours
from mol_jax.dense.figures import Shown, draw_picture, draw_wheel, most, panel
from mol_jax.dense.warp import difference, warp
from mol_jax.reporting.figures import new_figure, save

PANEL, UNDER, MARGIN = 1.7, 0.32, 0.35  # inch


@dataclasses.dataclass(frozen=True, eq=False)
class Pair:
    """A pair of frames of a held-out clip; runs of `shown` has the predicted one alone.

    exact: [H, W, 2] px, or None where it is not known.
    """

    shown: Shown
    exact: np.ndarray | None

    @property
    def target(self) -> np.ndarray:
        """Returns the flow that the network was taught, [H, W, 2] px."""
        return self.shown.runs[0].true_flow[self.shown.pair].astype(np.float32)

    @property
    def predicted(self) -> np.ndarray:
        """Returns the network's flow, [H, W, 2] px."""
        flow = self.shown.runs[0].flow
        assert flow is not None, "of a network with the flow task"
        return flow[self.shown.pair].astype(np.float32)

    def residual(self, flow: np.ndarray) -> np.ndarray:
        """Returns what is left of Eq 11 by a flow, [H, W] grey levels."""
        first, second = self._pictures
        return difference(first, second, flow, corner=self.corner)

    def warped(self, flow: np.ndarray) -> np.ndarray:
        """Returns the second frame as it looks from the first by a flow, [H, W] grey levels."""
        return warp(self._pictures[1], flow, corner=self.corner)

    def crop(self, which: int) -> np.ndarray:
        """Returns what the network sees of a frame, [H, W]."""
        end = self.corner + self.target.shape[0]
        return self._pictures[which][self.corner : end, self.corner : end]

    @property
    def corner(self) -> int:
        """Returns where the crop begins, px."""
        return (self._pictures.shape[1] - self.target.shape[0]) // 2

    @property
    def _pictures(self) -> np.ndarray:
        assert self.shown.pictures is not None, "a face is shown"
        return self.shown.pictures


def errors(pair: Pair) -> dict[str, float]:
    """Returns mean lengths and end-point errors of a pair, px."""
    zero = np.zeros_like(pair.target)
    found = {
        "predicted to target": _apart(pair.predicted, pair.target),
        "zero to target": _apart(zero, pair.target),
    }
    if pair.exact is not None:
        found |= {
            "predicted to exact": _apart(pair.predicted, pair.exact),
            "target to exact": _apart(pair.target, pair.exact),
            "zero to exact": _apart(zero, pair.exact),
        }
    return found


def draw_pairs(path: Path, target: str, pairs: Sequence[Pair], *, note: str = "") -> None:
    """Draws the pairs, one below the other, in one wheel and one scale, that of the targets.

    target: its name, as "TV-L1". All pairs have pictures or none has; a pair whose exact flow is
    not known leaves its panels empty.
    """
    faces, exact = pairs[0].shown.faces, any(one.exact is not None for one in pairs)
    longest = max(SLOWEST, *(most(np.linalg.norm(one.target, axis=-1)) for one in pairs))
    still = [most(one.residual(np.zeros_like(one.target))) for one in pairs if faces]
    per, columns = 1 + faces, 3 + 2 * exact + faces
    lines = per * len(pairs)
    fig = new_figure(PANEL * (columns + 1.1), MARGIN + (PANEL + UNDER) * lines)
    grid = fig.add_gridspec(lines, columns + 1, width_ratios=[1.0] * columns + [1.1])
    for k, one in enumerate(pairs):
        axes = [panel(fig, grid[k * per, c]) for c in range(columns)]
        axes[0].set_ylabel(one.shown.label, fontsize=7)
        below = [panel(fig, grid[k * per + 1, c]) for c in range(columns)] if faces else []
        if faces:
            _frames(axes.pop(0), below.pop(0), one)
        _flows(axes, one, target, longest, exact=exact, titled=k == 0)
        if faces:
            _left(below, one, target, max(still), exact=exact)
    legend = panel(fig, grid[:, columns])
    draw_wheel(legend)
    words = f"flow and differences:\nrim {longest:.2f} px and more,\nwhite none"
    if still:
        words += (
            f"\n\nleft of Eq 11, |second frame\nwarped back − first|:\nblack {max(still):.1f} grey "
            "levels\nand more"
        )
    legend.set_xlabel(words, fontsize=7)
    save(fig, path, note)


def _frames(above: Axes, below: Axes, one: Pair) -> None:
    draw_picture(above, one.crop(0))
    above.set_xlabel("first frame", fontsize=7)
    draw_picture(below, one.crop(1))
    still = one.residual(np.zeros_like(one.target)).mean()
    below.set_xlabel(f"second frame\nno flow leaves {still:.2f}", fontsize=7)


def _flows(
    axes: Sequence[Axes], one: Pair, target: str, longest: float, *, exact: bool, titled: bool
) -> None:
    """Draws target, exact, predicted, and what the last differs from the others by."""
    shown: list[tuple[str, np.ndarray | None, str]] = []
    length = float(np.linalg.norm(one.target, axis=-1).mean())
    shown.append((f"{target}, the target", one.target, f"mean {length:.3f} px"))
    if exact:
        words = (
            "" if one.exact is None else f"{target} is {_apart(one.target, one.exact):.3f} px off"
        )
        shown.append(("exact", one.exact, words))
    shown.append(("predicted", one.predicted, ""))
    by = one.predicted - one.target
    shown.append((f"predicted − {target}", by, f"EPE {_apart(one.predicted, one.target):.3f} px"))
    if exact:
        by_exact, words = None, ""
        if one.exact is not None:
            by_exact = one.predicted - one.exact
            words = f"EPE {_apart(one.predicted, one.exact):.3f} px"
        shown.append(("predicted − exact", by_exact, words))
    if not one.shown.faces:
        residuals = one.shown.residuals()
        shown[0] = (*shown[0][:2], f"{shown[0][2]}\nleaves {residuals[0]:.2f} of Eq 11")
        at = next(k for k, of in enumerate(shown) if of[0] == "predicted")
        shown[at] = (*shown[at][:2], f"leaves {residuals[1]:.2f} of Eq 11")
    for ax, (title, flow, words) in zip(axes, shown, strict=True):
        if flow is not None:
            ax.imshow(flow_colours(flow, longest)[..., ::-1])
        ax.set_xlabel(words or ("not known" if flow is None else ""), fontsize=7)
        ax.set_title(title if titled else "", fontsize=8)


def _left(axes: Sequence[Axes], one: Pair, target: str, brightest: float, *, exact: bool) -> None:
    """Draws what is left by each flow below it, then the warp itself and what no flow leaves."""
    flows = [(target, one.target), *([("exact", one.exact)] if exact else [])]
    flows.append(("predicted", one.predicted))
    places = [*axes[: len(flows)], *axes[len(flows) :]]
    for ax, (name, flow) in zip(places, flows, strict=False):
        if flow is not None:
            _grey(ax, one.residual(flow), f"left by {name}", brightest)
    warped, *more = places[len(flows) :]
    draw_picture(warped, one.warped(one.predicted))
    warped.set_xlabel("second frame warped back\nby the predicted flow, Eq 11", fontsize=7)
    for ax in more:
        _grey(ax, one.residual(np.zeros_like(one.target)), "left by no flow", brightest)


def _grey(ax: Axes, left: np.ndarray, words: str, brightest: float) -> None:
    ax.imshow(left, cmap="Greys", vmin=0, vmax=brightest)
    ax.set_xlabel(f"{words}: {left.mean():.2f}", fontsize=7)


def _apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.linalg.norm(one - other, axis=-1).mean())
