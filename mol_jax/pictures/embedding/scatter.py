"""The embedding of all clips by one fold's network, seen from two sides: PCA and t-SNE."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from mol_jax.reporting import lettering
from mol_jax.reporting.figures import GREY, new_figure, save

OKABE_ITO = (
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000",
)  # fmt: skip
MARKS = "os^DvPX*"
NAMED = 16  # people; of more there is no legend, for none could tell them apart
LEAST = 5  # clips, of which t-SNE makes anything
PERPLEXITY = 30.0


def principal(embedding: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the first two principal components [N, 2], and the share of variance of each, [2]."""
    centred = embedding.astype(np.float64) - embedding.mean(0, dtype=np.float64)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    places = np.zeros((len(embedding), 2))
    held = min(2, len(sizes))
    places[:, :held] = left[:, :held] * sizes[:held]
    share = np.zeros(2)
    share[:held] = sizes[:held] ** 2 / max((sizes**2).sum(), np.finfo(float).tiny)
    return places, share


def neighbourhood(embedding: np.ndarray) -> np.ndarray | None:
    """Returns t-SNE's places [N, 2], the same for the same embedding; None of too few clips."""
    from sklearn.manifold import TSNE  # noqa: PLC0415  seconds to load

    if len(embedding) < LEAST or not np.ptp(embedding, axis=0).any():
        return None
    perplexity = min(PERPLEXITY, (len(embedding) - 1) / 3)
    made = TSNE(
        init="pca" if embedding.shape[1] > 1 else "random", perplexity=perplexity, random_state=0
    )
    return made.fit_transform(embedding.astype(np.float64))


def draw_embedding(
    path: Path,
    embedding: np.ndarray,
    label: np.ndarray,
    person: Sequence[str],
    tested: np.ndarray,
    classes: Sequence[str],
    *,
    title: str,
    note: str = "",
) -> dict[str, str]:
    """Draws all clips as the network of one fold places them, coloured by class and by person.

    tested: bool [N], the clips that this network was not trained on, drawn large with a rim. Axes
    of t-SNE and distances between its groups mean nothing. Returns what numbered names stand for.
    """
    people = sorted(set(person))
    letters = lettering.letter([*classes, *people])
    drawn, named = letters.names[: len(classes)], letters.names[len(classes) :]
    whose = np.array([people.index(name) for name in person])
    components, share = principal(embedding)
    sides = [("PCA", components)]
    near = neighbourhood(embedding)
    if near is not None:
        sides.append(("t-SNE", near))
    fig = new_figure(9.6, 0.8 + 3.5 * len(sides))
    axes = fig.subplots(len(sides), 2, squeeze=False)
    for (name, places), (by_class, by_person) in zip(sides, axes, strict=True):
        _scatter(by_class, places, label, tested, drawn)
        _scatter(by_person, places, whose, tested, named if len(people) <= NAMED else [])
        for ax, what in ((by_class, "class"), (by_person, "person")):
            _bare(ax, f"{name}, by {what}")
            if name == "PCA":
                _name_components(ax, share)
    for ax in axes[0]:
        if ax.get_legend_handles_labels()[1]:
            ax.legend(
                fontsize=7, frameon=False, loc="center left", bbox_to_anchor=(1, 0.5),
                handletextpad=0.2,
            )  # fmt: skip
    if len(people) > NAMED:
        axes[0][1].set_title(f"PCA, by person ({len(people)}, marks by turns)", fontsize=9)
    fig.suptitle(title, fontsize=9)
    save(fig, path, note)
    return letters.numbered


def _bare(ax: Axes, title: str) -> None:
    """Takes the scales off axes whose numbers mean nothing."""
    ax.set_title(title, fontsize=9)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_color(GREY)


def _name_components(ax: Axes, share: np.ndarray) -> None:
    ax.set_xlabel(f"first component, {100 * share[0]:.0f} % of the variance", fontsize=7)
    ax.set_ylabel(f"second, {100 * share[1]:.0f} %", fontsize=7)


def _scatter(
    ax: Axes, places: np.ndarray, group: np.ndarray, tested: np.ndarray, names: Sequence[str]
) -> None:
    """Draws the clips of each group in its colour and mark: trained on small, held out large."""
    for number in np.unique(group):
        turn, colour = divmod(int(number), len(OKABE_ITO))
        mark = MARKS[(number + turn) % len(MARKS)]
        name = names[number] if names else None
        for rows, size, rim, shade in (
            ((group == number) & ~tested, 22, GREY, 0.85),
            ((group == number) & tested, 75, "black", 1.0),
        ):
            held_out = rim == "black"
            ax.scatter(
                places[rows, 0], places[rows, 1],
                s=size, c=OKABE_ITO[colour], marker=mark, alpha=shade,
                edgecolors=rim, linewidths=1.2 if held_out else 0.4, zorder=2 + held_out,
                label=None if held_out else name,
            )  # fmt: skip
