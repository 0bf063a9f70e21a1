"""Comma-separated tables that people write: any separator, any spelling of the header's case."""

import csv
import dataclasses
import difflib
import io
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from mol_jax.errors import UserError

SEPARATORS = ",;\t"
MAX_BYTES = 50_000_000
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
        if file.stat().st_size > MAX_BYTES:
            raise UserError(f"{file} has more than {MAX_BYTES} bytes: this is no such table")
        data = file.read_bytes()
    except OSError as error:
        raise UserError(f"cannot read the table {file}: {error.strerror}") from error
    try:
        wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))  # Excel's "Unicode text"
        text = data.decode("utf-16" if wide else "utf-8-sig")
        if "\0" not in text:
            return unicodedata.normalize("NFC", text)
    except UnicodeDecodeError:
        pass
    raise UserError(
        f"{file} is no text in UTF-8: in Excel or LibreOffice, save it as CSV with the encoding "
        "UTF-8"
    )


def _records(file: Path, text: str) -> list[tuple[int, list[str]]]:
    """(line number, stripped cells) of every line with any text."""
    named = re.match(r"sep=(.)\r?\n", text)  # Excel's own first line
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
                f"{file} has a column {other!r}: name it {near[0]!r} if it is that, else remove it"
            )
    missing = [column for column in required if column not in columns]
    if missing:
        raise UserError(
            f"{file} has no column {missing[0]!r}, expected {', '.join(required)} in its first "
            f"line, which is {','.join(columns)[:80]!r}"
        )
