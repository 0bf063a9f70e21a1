"""Tables of intervals: those that are true and those that were spotted."""

import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path

from mol_jax.errors import UserError
from mol_jax.files.cells import Cells, Table, write_cells

FRAMES, SECONDS = "frames", "seconds"
HEADER = ("video", "subject", "kind", "onset", "apex", "offset", "pred", "score")
LONGEST = 1e9  # frames or seconds: more is a slip


@dataclasses.dataclass(frozen=True)
class Stretch:
    """An interval of a video, both ends inside.

    onset, offset: frames, or seconds. kind: as "micro"; label: its class; subject: who it is; ""
    where the table does not say. line: of the file.
    """

    video: str
    onset: float
    offset: float
    subject: str = ""
    kind: str = ""
    label: str = ""
    line: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """The video, and who is in it: two people may have a video of one name."""
        return self.subject, self.video


def read(path: str | Path, label: str, *, unit: str) -> tuple[Stretch, ...]:
    """Reads a table of intervals: columns video, onset, offset; subject, kind, `label` if there.

    A table with a header alone has no interval, as a video in which nothing is spotted.

    Args:
      path: the CSV. label: the column of classes, "true" or "pred"; "emotion" is taken for either.
      unit: "frames", which are whole numbers, or "seconds".

    Raises:
      UserError: for a column that is missing, a number that is none, an offset before its onset, or
        an interval that is there twice.
    """
    table = Table(path)
    table.require("video", "onset", "offset")
    named = label if label in table.header else "emotion" if "emotion" in table.header else None
    found = tuple(_stretch(cells, named, unit) for cells in table)
    _refuse_twice(path, found)
    return found


def _stretch(cells: Cells, label: str | None, unit: str) -> Stretch:
    onset, offset = (_number(cells, column, unit) for column in ("onset", "offset"))
    if offset < onset or (unit == SECONDS and offset == onset):
        raise cells.fail("offset", f"{offset:g}", f"a number after the onset, which is {onset:g}")
    subject, kind = (
        cells.values[column].strip() if cells.has(column) else "" for column in ("subject", "kind")
    )
    said = cells.values[label].strip() if label else ""
    video = cells.text("video")
    return Stretch(video, onset, offset, subject, kind.casefold(), said.casefold(), cells.line)


def _number(cells: Cells, column: str, unit: str) -> float:
    """Reads an end of an interval."""
    value = cells.real(column)
    if not 0 <= value <= LONGEST:
        raise cells.fail(column, f"{value:g}", f"a number from 0 to {LONGEST:.0e}")
    if unit == FRAMES and value != int(value):
        raise cells.fail(column, f"{value:g}", "a whole frame (or give --unit=seconds)")
    return value


def _refuse_twice(path: str | Path, found: Iterable[Stretch]) -> None:
    first: dict[tuple, int] = {}
    for one in found:
        same = (*one.key, one.kind, one.onset, one.offset)
        if same in first:
            raise UserError(
                f"{path}, line {one.line}: the interval of line {first[same]} again "
                f"({one.video}, {one.onset:g} to {one.offset:g}): keep one"
            )
        first[same] = one.line


def read_durations(path: str | Path) -> dict[tuple[str, str], float]:
    """Reads how many seconds each video lasts: columns video, seconds, and subject if it is there.

    Raises UserError for a time that is not above 0, or a video that is there twice.
    """
    table, found = Table(path), {}
    table.require("video", "seconds")
    for cells in table:
        seconds = cells.real("seconds")
        if seconds <= 0:
            raise cells.fail("seconds", f"{seconds:g}", "a number above 0")
        key = (cells.values["subject"].strip() if cells.has("subject") else "", cells.text("video"))
        if key in found:
            raise cells.fail("video", repr(key[1]), "each video once")
        found[key] = seconds
    return found


def write(path: str | Path, lines: Iterable[Mapping[str, object]]) -> None:
    """Writes spotted intervals, {column of `HEADER`: value} each; what is missing is empty."""
    write_cells(path, HEADER, ([line.get(column) for column in HEADER] for line in lines))
