"""The options of a command line that make `RecordSettings`, for the build and the doctor."""

import argparse
import dataclasses
import difflib
import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

from data_builders.pixels import alignment, flow, interpolation, magnification
from data_builders.recipes import names
from data_builders.records.record import FRAMES, RecordSettings
from mol_jax.errors import UserError

FOLDER = "folder"  # the one dataset whose annotation the user names
ANY_OTHER = f"; {FOLDER} takes any other, with a table of labels: {names.PAGE}"

_HELP = {
    "frames": f"frames per clip, t: {', '.join(map(str, FRAMES))}",
    "size": "side of the aligned image, px",
    "alignment": f"{', '.join(alignment.ALIGNMENTS)}: one transform per clip, the paper's, or "
    "averaged over time",
    "flow": ", ".join(flow.METHODS),
    "sampling": f"{', '.join(interpolation.METHODS)}: frames as they are, or interpolated in time",
    "phases": "shifted samples of each clip beside the even one",
    "magnify": "how much larger motions are made (Eulerian magnification, alpha), up to "
    f"{magnification.MOST}; 0: not at all",
}


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Adds an option for each field of `RecordSettings`."""
    for field in dataclasses.fields(RecordSettings):
        kind = type(field.default)
        parser.add_argument(
            f"--{field.name}",
            type=kind,
            default=field.default,
            help=f"{_HELP[field.name]} (%(default)s)",
        )


def check(
    name: str,
    known: Collection[str],
    *,
    source: Path,
    labels: Any,
    workers: int | None,
    max_missed: float,
    predictor: Path | None,
) -> None:
    """Refuses what neither a build nor the doctor can work with; `known` are the datasets.

    Raises:
      UserError: naming the option.
    """
    if name not in known:
        recipe = names.named(name)
        if recipe is not None:
            raise UserError(recipe.advice)
        near = difflib.get_close_matches(name.lower(), known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"expected one of {', '.join(known)}"
        raise UserError(f"there is no dataset {name!r}: {hint}{'' if near else ANY_OTHER}")
    if labels is not None and name != FOLDER:
        raise UserError(f"--labels is for {FOLDER}: {name} has an annotation of its own")
    if not 0 <= max_missed <= 1:
        raise UserError(f"max_missed is {max_missed}, expected a fraction from 0 to 1")
    if workers is not None and workers < 1:
        raise UserError(f"workers is {workers}, expected at least 1")
    if not os.path.isdir(source):
        raise UserError(f"there is no folder {source}: --source names the raw dataset's folder")
    if predictor is not None and not os.path.isfile(predictor):
        raise UserError(
            f"there is no landmark model at {predictor}: --predictor names dlib's file of 68 points"
        )


def refuse_empty(source: Path) -> None:
    """Refuses a source that holds nothing. Raises UserError."""
    try:
        empty = not any(source.iterdir())
    except OSError as error:
        raise UserError(f"cannot read the folder {source} ({error.strerror}): check it") from error
    if empty:
        raise UserError(f"the folder {source} is empty: --source names the raw dataset's folder")


def refuse_file(data_dir: Path) -> None:
    """Refuses a data_dir that is a file, or would lie in one. Raises UserError."""
    place = data_dir.absolute()
    there = next(path for path in (place, *place.parents) if os.path.lexists(path))
    if not os.path.isdir(there):
        raise UserError(
            f"{there} is no folder, and datasets are built in one: give another --data_dir"
        )


def take_settings(options: dict[str, Any]) -> RecordSettings:
    """Takes the fields of `RecordSettings` out of parsed options.

    Raises:
      UserError: for a value that is not allowed.
    """
    fields = dataclasses.fields(RecordSettings)
    return RecordSettings(**{field.name: options.pop(field.name) for field in fields})


def flags(settings: RecordSettings, *, always: Collection[str] = ()) -> list[str]:
    """The options that give these settings, without those at their default unless in `always`."""
    return [
        f"--{field.name}={getattr(settings, field.name)}"
        for field in dataclasses.fields(settings)
        if field.name in always or getattr(settings, field.name) != field.default
    ]
