"""The section of a report with the pictures of `python -m mol_jax.pictures`, once there are any."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mol_jax.errors import UserError
from mol_jax.files.whole import read_text
from mol_jax.text.tables import escaped

FILE = "pictures.json"
RESULTS = ("predictions.csv", "dense.csv")


def read_entries(folder: Path) -> list[dict[str, Any]]:
    """Returns what pictures.json of a workdir lists; none where there is no such file.

    None, too, where it is of another run than the folder holds now, as one that was trained there
    before. Raises UserError where it is damaged.
    """
    path = folder / FILE
    if not path.exists():
        return []
    try:
        content = json.loads(read_text(path))
        entries = content["pictures"]
        for entry in entries:
            names = [*entry["files"].values()]
            if not all(isinstance(text, str) for text in (entry["title"], *entry["said"], *names)):
                raise TypeError
    except (ValueError, TypeError, KeyError, AttributeError):
        raise UserError(
            f"{path} is damaged: remove it, and run python -m mol_jax.pictures again, which "
            "writes it."
        ) from None
    return entries if content.get("run") == of_run(folder) else []


def of_run(folder: Path) -> str:
    """Returns a checksum of what a run was asked for and what it found, of the files there are.

    It stays the same where the run is evaluated again and finds the same.
    """
    found = hashlib.sha256()
    config = folder / "config.json"
    if config.is_file():
        held = json.loads(read_text(config))
        asked = [held.get(name) for name in ("config", "trials", "weights")]
        found.update(json.dumps(asked, sort_keys=True).encode())
    for file in (folder / name for name in RESULTS):
        if file.is_file():
            found.update(file.read_bytes())
    return found.hexdigest()


def pictures(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Returns the section of `read_entries`, an empty list where nothing was drawn."""
    if not entries:
        return []
    parts = ["## What the network sees"]
    for entry in entries:
        parts += [f"### {entry['title']}", *shown(entry)]
    return parts


def shown(entry: Mapping[str, Any]) -> list[str]:
    """Returns the pictures of an entry and what is said of them."""
    images = [f"![{escaped(words)}](figures/{file})" for words, file in entry["files"].items()]
    return [*images, *entry["said"]]
