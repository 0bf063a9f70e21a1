"""What has been drawn of a run: pictures.json, which the pages and a later call read."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mol_jax.files.whole import write_json
from mol_jax.pictures.asked import PICTURES
from mol_jax.reporting.picture_sections import FILE, of_run, read_entries


class NotThereError(Exception):
    """A run has nothing of a picture to show. The message says why, as the end of a sentence."""


@dataclasses.dataclass(frozen=True)
class Drawn:
    """One picture. name: of `PICTURES`. files: PNGs, in the folder figures/, by what they show.

    said: paragraphs below them. numbers: what they say, for programs.
    """

    name: str
    files: dict[str, str]
    said: Sequence[str]
    numbers: dict[str, Any]


def keep(folder: Path, drawn: Sequence[Drawn]) -> list[dict[str, Any]]:
    """Writes pictures.json: these, and of an earlier call those that were not drawn again.

    Those of another run that was in the folder before are dropped.

    Returns its entries in the order of the page.
    """
    entries = {entry["name"]: entry for entry in read_entries(folder)}
    for one in drawn:
        entries[one.name] = dataclasses.asdict(one) | {
            "title": PICTURES[one.name],
            "said": list(one.said),
        }
    ordered = [entries[name] for name in PICTURES if name in entries]
    write_json(folder / FILE, {"run": of_run(folder), "pictures": ordered})
    return ordered
