"""pictures.md: all pictures of a run on one page, and why others are not there."""

from collections.abc import Mapping, Sequence
from typing import Any

from mol_jax.pictures.asked import PICTURES
from mol_jax.reporting import protocol_sections, sections
from mol_jax.reporting.finished_run import Run
from mol_jax.reporting.picture_sections import shown

SAME = 1e-3  # of probabilities, by which processors and the order of sums may differ


def text(
    run: Run,
    entries: Sequence[Mapping[str, Any]],
    missing: Mapping[str, str],
    tested: int,
    apart: float | None,
) -> str:
    """Returns the page. entries: of `drawn.keep`. missing: why a picture is not there.

    tested: how many folds have a network. apart: of `Opened.apart`.
    """
    seed = run.settings["seeds"][0]
    parts = [
        *sections.title(run),
        "Pictures of what the network sees. Research use; a picture of a network explains neither "
        "a face nor a feeling.",
        *protocol_sections.notes(run.metrics),
        f"Of the first trial, and of its first seed ({seed}): {tested} networks, a fold each. "
        "Nothing was trained.",
        _as_before(apart),
    ]
    for entry in entries:
        parts += [f"## {entry['title']}", *shown(entry)]
    if missing:
        parts.append("## Not drawn")
        parts += [f"- {PICTURES[name]}: {reason}." for name, reason in missing.items()]
    return "\n\n".join(part for part in parts if part) + "\n"


def _as_before(apart: float | None) -> str:
    """Says how far the networks are from what the run has written of them."""
    if apart is None:
        return ""
    if apart < SAME:
        return "They give each held-out clip the probabilities that predictions.csv has."
    return (
        f"**NOTE: they give held-out clips other probabilities than predictions.csv has, by up to "
        f"{apart:.3f}**: on another processor a network may differ a little, and by much if the "
        "clips or the program are others."
    )
