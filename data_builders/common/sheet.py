"""Comma-separated tables that people write: any separator, any spelling of the header's case."""

import csv
import dataclasses
import difflib
import io
import re
import stat
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from mol_jax.errors import UserError

SEPARATORS = ",;\t"
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
    records = _records(file, read_text(file))
    if not records:
        raise UserError(f"{file} is empty, expected a header: {','.join((*required, *optional))}")
    (_, header), *rest = records
    columns = [cell.lower() for cell in header]
    _check_header(file, columns, required, optional)
    lines = []
    for number, cells in rest:
        if any(cells[len(columns) :]):
            raise UserError(
                f"{file}, line {number} has {len(cells)} cells, the header {len(columns)}: put a "
                'text that holds a separator in "quotes"'
            )
        lines.append(Line(number, dict(zip(columns, cells, strict=False))))
    if not lines:
        raise UserError(f"{file} has a header and no line below it: add one for each clip or label")
    return lines


def read_text(file: Path) -> str:
    """The text of a file in UTF-8, with or without the mark that Excel puts before it.

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
    try:
        wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))  # Excel's "Unicode text"
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise UserError(
            f"{file} is no text in UTF-8: in Excel or LibreOffice, save it as CSV with the "
            "encoding UTF-8"
        )
    _refuse_long(file, text.splitlines())
    return unicodedata.normalize("NFC", text)


def _refuse_long(file: Path, lines: list[str]) -> None:
    if len(lines) > MAX_LINES:
        raise UserError(f"{file} has more than {MAX_LINES} lines: this is no such table")
    for number, line in enumerate(lines, start=1):
        if len(line) > MAX_LINE:
            raise UserError(
                f"{file}, line {number} has {len(line)} characters, expected at most {MAX_LINE}: "
                "this is no such table"
            )


def _records(file: Path, text: str) -> list[tuple[int, list[str]]]:
    """(line number, stripped cells) of every line with any text."""
    named = re.match(r"sep=([^\"\w\s]|\t)\r?\n", text)  # Excel's own first line
    skipped = 1 if named else 0
    text = text[named.end() :] if named else text
    header = next((line for line in text.splitlines() if line.strip()), "")
    separator = named[1] if named else max(SEPARATORS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found = []
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                found.append((reader.line_num + skipped, stripped))
    except csv.Error as error:
        raise UserError(
            f"{file}, line {reader.line_num + skipped} cannot be read ({error}): mend its quotes"
        ) from error
    return found


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
