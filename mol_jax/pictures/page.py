"""pictures.md: all pictures of a run on one page, and why others are not there."""

from collections.abc import Mapping, Sequence
from typing import Any

from mol_jax.pictures.asked import PICTURES
from mol_jax.reporting import protocol_sections, sections
from mol_jax.reporting.finished_run import Run
from mol_jax.reporting.picture_sections import shown


def text(
    run: Run, entries: Sequence[Mapping[str, Any]], missing: Mapping[str, str], tested: int
) -> str:
    """Returns the page. entries: of `drawn.keep`. missing: why a picture is not there.

    tested: how many folds have a network.
    """
    seed = run.settings["seeds"][0]
    parts = [
        *sections.title(run),
        "Pictures of what the network sees. Research use; a picture of a network explains neither "
        "a face nor a feeling.",
        *protocol_sections.notes(run.metrics),
        f"Of the first trial, and of its first seed ({seed}): {tested} networks, a fold each. "
        "Nothing was trained.",
    ]
    for entry in entries:
        parts += [f"## {entry['title']}", *shown(entry)]
    if missing:
        parts.append("## Not drawn")
        parts += [f"- {PICTURES[name]}: {reason}." for name, reason in missing.items()]
    return "\n\n".join(part for part in parts if part) + "\n"
