"""Columns of a table of labels that are not read: named, and refused where they may be meant."""

import re
from collections.abc import Collection, Sequence
from pathlib import Path

from data_builders.common.sheet import Line
from mol_jax.errors import UserError

SHOWN = 80  # characters of a column's name
MOST = 8  # columns that a note names
# What people call the columns of frames, each without the words frame, number and time.
SAID = {
    "onset": ("start", "begin", "beginning", "first", "from", "onset", "on"),
    "apex": ("peak", "max", "maximum", "apex"),
    "offset": ("end", "stop", "last", "to", "until", "finish", "offset", "off"),
}


def other_columns(labels: Path, lines: Sequence[Line], known: Collection[str]) -> list[str]:
    """A note that names the columns that are not read.

    Raises:
      UserError: if one of them may be a column that is read, under another name.
    """
    every = dict.fromkeys(name for line in lines for name in line.cells if name)
    others = [name for name in every if name not in known]
    for name in others:
        plain = re.sub(r"[\W_\d]+|frame|number|index|time", "", name)
        meant = next((column for column in SAID if plain in SAID[column]), None)
        if meant is not None and not any(meant in line.cells for line in lines):
            raise UserError(
                f"{labels} has a column {name[:SHOWN]!r}: name it {meant!r} if it is that (the "
                "number of a frame), else give it a name that says what it is"
            )
    shown = ", ".join(name[:40] for name in others[:MOST])
    more = f" and {len(others) - MOST} more" if len(others) > MOST else ""
    return [f"{labels.name}: columns that are not read: {shown}{more}"] if others else []
