"""The options of a command line that make `RecordSettings`, for the build and the doctor."""

import argparse
import dataclasses
from collections.abc import Collection
from typing import Any

from data_builders.common import alignment, flow, interpolation
from data_builders.common.record import FRAMES, RecordSettings

_HELP = {
    "frames": f"frames per clip, t: {', '.join(map(str, FRAMES))}",
    "size": "side of the aligned image, px",
    "alignment": f"{', '.join(alignment.ALIGNMENTS)}: one transform per clip, the paper's, or "
    "averaged over time",
    "flow": ", ".join(flow.METHODS),
    "sampling": f"{', '.join(interpolation.METHODS)}: frames as they are, or interpolated in time",
    "phases": "shifted samples of each clip beside the even one",
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
