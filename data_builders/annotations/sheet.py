"""Comma-separated tables that people write: any separator, any spelling of the header's case."""

import dataclasses
import difflib
import stat
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from mol_jax.errors import UserError
from mol_jax.files import separated, text
from mol_jax.text import spelling

MAX_BYTES = 10_000_000
MAX_LINES, MAX_LINE = 100_000, 2000  # characters: what a text in Unicode costs grows as its square
NEAR = 0.7  # how like a known column an unknown one may be before it is taken for a slip


@dataclasses.dataclass(frozen=True)
class Line:
    """A line of a table: its number in the file, and its stripped cells by column."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell, empty where the table has no such column."""
        return self.cells.get(column, "")


def read_sheet(file: Path, required: Sequence[str], optional: Sequence[str] = ()) -> list[Line]:
    """The lines below the header of a table, blank ones left out.

    Columns come in any order; the separator is the comma, the semicolon or the tab. Other columns
    are ignored, unless their name is nearly a known one's.

    Raises:
      UserError: if the file is no such table, lacks a column or has one twice, or has no line.
    """
    content = read_text(file)
    records = separated.records(file, content)
    if not records:
        raise UserError(f"{file} is empty, expected a header: {','.join((*required, *optional))}")
    (_, header), *rest = records
    columns = [_column(file, cell) for cell in header]
    _check_header(file, columns, required, optional)
    lines = []
    for number, cells in rest:
        if any(cells[len(columns) :]):
            raise UserError(
                f"{file}, line {number} has {len(cells)} cells, the header {len(columns)}: put a "
                'text that holds a separator in "quotes"'
            )
        lines.append(Line(number, dict(zip(columns, cells, strict=False))))
    if rest and len(rest[-1][1]) < len(columns) and not content.endswith(("\n", "\r")):
        raise UserError(
            f"{file}, line {rest[-1][0]} has {len(rest[-1][1])} cells of {len(columns)} and no "
            "line break, as where a file was cut short: copy it again, or end the line"
        )
    if not lines:
        raise UserError(f"{file} has a header and no line below it: add one for each clip or label")
    return lines


def _column(file: Path, cell: str) -> str:
    try:
        return spelling.clean(cell).lower()
    except UserError as error:
        raise UserError(f"{file}, in its header: {error}") from None


def read_text(file: Path) -> str:
    """The text of a file in UTF-8, with or without the mark that Excel puts before it, or UTF-16.

    Raises:
      UserError: if it cannot be read, or is something else.
    """
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for, a device read for ever
            raise UserError(f"cannot read the table {file}: it is a folder, a pipe or a device")
        data = file.read_bytes() if status.st_size <= MAX_BYTES else None
    except OSError as error:
        raise UserError(f"cannot read the table {file}: {error.strerror}") from error
    if data is None:
        raise UserError(f"{file} has more than {MAX_BYTES} bytes: this is no such table")
    content = text.decode(data, file, windows=False).content
    _refuse_long(file, content.splitlines())
    return unicodedata.normalize("NFC", content)


def _refuse_long(file: Path, lines: list[str]) -> None:
    if len(lines) > MAX_LINES:
        raise UserError(f"{file} has more than {MAX_LINES} lines: this is no such table")
    for number, line in enumerate(lines, start=1):
        if len(line) > MAX_LINE:
            raise UserError(
                f"{file}, line {number} has {len(line)} characters, expected at most {MAX_LINE}: "
                "this is no such table"
            )


def _check_header(
    file: Path, columns: list[str], required: Sequence[str], optional: Sequence[str]
) -> None:
    known = (*required, *optional)
    for column in known:
        if columns.count(column) > 1:
            raise UserError(f"{file} has two columns named {column!r}: remove one")
    others = [column for column in columns if column and column not in known]
    absent = [column for column in known if column not in columns]
    for other in others:
        held = [column for column in absent if column in other]
        near = held or difflib.get_close_matches(other, absent, n=1, cutoff=NEAR)
        if near:
            raise UserError(
                f"{file} has a column {other[:80]!r}: name it {near[0]!r} if it is that, else "
                "remove it"
            )
    missing = [column for column in required if column not in columns]
    if missing:
        raise UserError(
            f"{file} has no column {missing[0]!r}, expected {', '.join(required)} in its first "
            f"line, which is {','.join(columns)[:80]!r}"
        )
