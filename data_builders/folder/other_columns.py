"""Columns of a table of labels that are not read: named, and refused where they may be meant."""

import re
from collections.abc import Collection, Sequence
from pathlib import Path

from data_builders.annotations.sheet import Line
from mol_jax.errors import UserError

SHOWN = 80  # characters of a column's name
MOST = 8  # columns that a note names
WORDS = re.compile(r"[\W_\d]+|frame|number|index|time|idx")
# What people call the columns of frames, each without these words, and an f at its end.
SAID = {
    "onset": ("start", "begin", "beginning", "first", "from", "onset", "on"),
    "apex": ("peak", "max", "maximum", "apex"),
    "offset": ("end", "stop", "last", "to", "until", "finish", "fin", "offset", "off"),
}
LENGTHS = ("duration", "length", "frames")  # where they alone tell a clip's end


def other_columns(labels: Path, lines: Sequence[Line], known: Collection[str]) -> list[str]:
    """A note that names the columns that are not read.

    Raises:
      UserError: if one of them may be a column that is read, under another name.
    """
    every = dict.fromkeys(name for line in lines for name in line.cells if name)
    others = [name for name in every if name not in known]
    for name in others:
        plain = WORDS.sub("", name)
        said = (plain, plain.removesuffix("f"))
        meant = next((c for c in SAID if any(word in SAID[c] for word in said)), None)
        if meant is not None and not any(meant in line.cells for line in lines):
            raise UserError(
                f"{labels} has a column {name[:SHOWN]!r}: name it {meant!r} if it is that (the "
                "number of a frame), else give it a name that says what it is"
            )
        if name in LENGTHS and {"onset", "offset"} & every.keys() == {"onset"}:
            raise UserError(
                f"{labels} has a column {name!r} and no 'offset', without which each clip goes on "
                "to the end of its recording: add the number of its last frame as 'offset', or "
                f"call {name!r} what it is"
            )
    shown = ", ".join(name[:40] for name in others[:MOST])
    more = f" and {len(others) - MOST} more" if len(others) > MOST else ""
    return [f"{labels.name}: columns that are not read: {shown}{more}"] if others else []
