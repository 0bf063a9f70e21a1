"""What layers of attention look at, of each class: drawn as the network has it.

Networks hand out their weights as Flax's intermediates named "attention"; others have none.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize

from mol_jax.data.node_patches import BROW, NODES
from mol_jax.pictures.maps.inputs import REGIONS
from mol_jax.reporting import lettering
from mol_jax.reporting.figures import GREY, new_figure, save
from mol_jax.reporting.region_figure import STROKES, average_points

PANEL = 2.4  # inch


def places(held: Mapping[str, np.ndarray]) -> np.ndarray | None:
    """Returns a map of each clip [R, h, w] where attention is over places of the input.

    held: of `Trained.attention`. RCN-A's is one already; of MOL's transformers it is the mean
    weight that each place is given, over blocks, frames, heads and the places that look. None of
    others.
    """
    blocks = []
    for name, weights in held.items():
        if name.startswith("f5c"):  # [R,frames,heads,h·w,h·w]
            given = weights.mean(axis=(1, 2, 3))
            side = round(given.shape[1] ** 0.5)
            blocks.append(given.reshape(-1, side, side))
        elif weights.ndim == 5 and weights.shape[-1] == 1:  # [R,1,p,p,1]
            return weights.mean(axis=1)[..., 0]
    return np.mean(blocks, axis=0) if blocks else None


def nodes(held: Mapping[str, np.ndarray]) -> np.ndarray | None:
    """Returns the mean weight that each of GRAPH-AU's 30 nodes is given, [R, 30]; None of others.

    Over layers, heads and the nodes that look. Brow and mouth have attention of their own, so that
    the weights of each sum to 1.
    """
    regions = []
    for region in ("brow", "mouth"):
        layers = [weights for name, weights in held.items() if f"{region}/layer" in name]
        if not layers:
            return None
        regions.append(np.mean(layers, axis=0).mean(axis=(1, 2, 3)))
    return np.concatenate(regions, axis=1)


def regions(held: Mapping[str, np.ndarray]) -> np.ndarray | None:
    """Returns how the region transformer's four regions look at each other, [R, 4, 4].

    The mean over the layers and heads of level 2; a row is who looks. None of others.
    """
    layers = [weights for name, weights in held.items() if "level2_layer" in name]
    return np.mean(layers, axis=0).mean(axis=(1, 2)) if layers else None


def draw_nodes(
    path: Path, classes: Sequence[str], weights: np.ndarray, label: np.ndarray, *, note: str = ""
) -> dict[str, str]:
    """Draws the mean weight of each node on the average face, one panel a class.

    weights: [R, 30]. label: int [R].
    """
    even = np.where(np.arange(len(NODES)) < BROW, BROW, len(NODES) - BROW)  # nodes of the region
    means = {k: even * weights[label == k].mean(0) for k in np.unique(label)}
    norm = Normalize(0, max(2.0, *map(np.max, means.values())))  # an even 1 is in the middle
    points = average_points()
    letters = lettering.letter(classes)
    fig = new_figure(PANEL * len(means) + 1.2, PANEL + 0.6)
    axes = fig.subplots(1, len(means), squeeze=False)[0]
    for ax, (k, mean) in zip(axes, means.items(), strict=True):
        for stroke in STROKES:
            ax.plot(*points[list(stroke)].T, color=GREY, lw=0.7)
        ax.scatter(*points[list(NODES)].T, c=mean, cmap="viridis", norm=norm, s=34, zorder=3,
                   edgecolors="black", linewidths=0.4)  # fmt: skip
        ax.invert_yaxis()
        ax.set_aspect("equal")
        ax.set_axis_off()
        ax.set_title(_title(letters.names[k], label == k), fontsize=8)
    _bar(fig, axes, norm, "viridis", "mean weight; 1 is an even share of the region")
    fig.suptitle(
        "attention: how much each node is looked at, by the nodes of its region", fontsize=9
    )
    save(fig, path, note)
    return letters.numbered


def draw_regions(
    path: Path, classes: Sequence[str], weights: np.ndarray, label: np.ndarray, *, note: str = ""
) -> dict[str, str]:
    """Draws which region looks at which, one matrix a class; weights: [R, 4, 4]."""
    means = {k: 100 * weights[label == k].mean(0) for k in np.unique(label)}
    norm = Normalize(0, max(50.0, *map(np.max, means.values())))  # an even 25 is in the middle
    letters = lettering.letter(classes)
    fig = new_figure(PANEL * len(means) + 2.2, PANEL + 1.3)
    axes = fig.subplots(1, len(means), squeeze=False)[0]
    for number, (ax, (k, mean)) in enumerate(zip(axes, means.items(), strict=True)):
        ax.imshow(mean, cmap="cividis", norm=norm)
        for i, j in np.ndindex(*mean.shape):
            color = "black" if norm(mean[i, j]) > 0.6 else "white"
            ax.text(j, i, f"{mean[i, j]:.0f}", ha="center", va="center", fontsize=8, color=color)
        ax.set_xticks(range(4), REGIONS, rotation=40, ha="right", fontsize=7)
        ax.set_yticks(range(4), REGIONS if number == 0 else [""] * 4, fontsize=7)
        ax.set_xlabel("is looked at", fontsize=8)
        ax.set_title(_title(letters.names[k], label == k), fontsize=8)
    axes[0].set_ylabel("who looks", fontsize=8)
    _bar(fig, axes, norm, "cividis", "mean weight, %; 25 is even")
    fig.suptitle("attention between the four regions, mean over heads and layers", fontsize=9)
    save(fig, path, note)
    return letters.numbered


def _title(name: str, chosen: np.ndarray) -> str:
    return f"{name}\n{int(chosen.sum())} clips"


def _bar(fig: mpl.figure.Figure, axes: Sequence[Axes], norm: Normalize, palette: str, words: str):
    bar = fig.colorbar(ScalarMappable(norm, palette), ax=list(axes), shrink=0.8)
    bar.set_label(words, fontsize=8)
    bar.ax.tick_params(labelsize=7)
