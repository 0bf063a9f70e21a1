"""What a run's networks score with key frames moved, read from its moved.json.

`python -m mol_jax.moved` writes that file: a list with an entry for each pair of shifts, whose
scores and intervals are fractions, those of a composite's parts below "per_dataset".
"""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from launch.table_results import Figure, Result
from mol_jax.errors import UserError
from mol_jax.files.whole import read_text

FILE = "moved.json"
NEAR = 1e-9  # shares that are written in decimals
_SCORES = ("uf1", "uar")


def command(folder: Path) -> str:
    """Returns the command that writes the file of a run."""
    return f"python -m mol_jax.moved --workdir={folder}"


def read(folder: Path, run: Result, part: str, moved: tuple[float, float]) -> Result | None:
    """Returns what a run scores with onset and apex moved; None where that was not tried.

    run: what it scores as it is, of the same clips. part: the dataset of a composite that is asked
    for. Raises UserError where the file is damaged.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        entry = _entry(json.loads(read_text(path)), moved)
        scored = entry and (entry["per_dataset"][part] if part else entry)
        return dataclasses.replace(run, figures=_figures(scored)) if scored else None
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise UserError(
            f"{path} is not what mol_jax.moved writes ({type(error).__name__}: {error}); delete it "
            f"and run {command(folder)} again."
        ) from error


def _entry(entries: list[Mapping[str, Any]], moved: tuple[float, float]) -> Mapping[str, Any]:
    """Returns the entry of a pair of shifts, {} where there is none."""
    shifts = [(float(one["onset_shift"]), float(one["apex_shift"])) for one in entries]
    return next(
        (
            one
            for one, shift in zip(entries, shifts, strict=True)
            if all(abs(a - b) < NEAR for a, b in zip(shift, moved, strict=True))
        ),
        {},
    )


def _figures(scored: Mapping[str, Any]) -> dict[str, Figure]:
    """Returns the scores of an entry, in percent; without the SVM, whose clips are not moved."""
    found = {}
    for name in _SCORES:
        bounds = scored["ci95"][name]
        interval = None if bounds is None else (100 * float(bounds[0]), 100 * float(bounds[1]))
        found[name] = Figure(100 * float(scored[name]), interval)
    return found
