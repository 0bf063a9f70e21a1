"""Coding workbooks as licensees hold them: the table in one, found by the header above it."""

import contextlib
import dataclasses
import io
import re
import stat
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl

from data_builders.annotations import grid, header
from data_builders.annotations.cells import Row, Uncalculated
from data_builders.annotations.grid import Grid
from mol_jax.errors import UserError

# Far above any coding workbook, so that a damaged one fills neither memory nor an evening.
MAX_BYTES = 10_000_000  # of the file, and of what it unpacks to
MAX_ROWS, MAX_COLUMNS = 20_000, 64  # that hold anything; columns beyond are not read
LAST_ROW = 2**20  # of a spreadsheet program
SHOWN = 8  # rows, columns or sheets that a note names
TO_BE_CALCULATED = re.compile(rb"calcPr\b[^>]*fullCalcOnLoad=.(1|true)")
OLE, OPEN_DOCUMENT = b"\xd0\xcf\x11\xe0", b"mimetypeapplication/vnd.oasis.opendocument"


@dataclasses.dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook: its rows without the empty ones, and how it is laid out."""

    name: str
    rows: tuple[Row, ...]
    hidden: bool
    grid: Grid


@dataclasses.dataclass(frozen=True)
class Table:
    """The table in a workbook.

    Attributes:
      columns: position of each asked-for name's column, from 0.
      rows: those below the header.
      notes: what else a reader should know, a sentence each.
    """

    columns: dict[str, int]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]


def read_table(
    file: Path, names: Sequence[str], *, prefer: str | None = None, unread: Sequence[str] = ()
) -> Table:
    """Reads the table whose header holds all of `names`.

    Args:
      file: the workbook.
      names: of columns, as people read them; case, spaces and signs do not matter.
      prefer: the sheet to read where several hold such a table; else the first that is shown.
      unread: other columns that such a table has, of which nothing is said.

    Raises:
      UserError: if the file is no workbook, is too large for one of this kind, or has no such
        table.
    """
    sheets = read_sheets(file)
    order = sorted(sheets, key=lambda s: (s.hidden, s.name.lower() != (prefer or "").lower()))
    found = [(sheet, place) for sheet in order if (place := header.find(file, sheet.rows, names))]
    if not found:
        raise header.missing(file, [sheet.rows for sheet in order], names)
    (sheet, place), *others = found
    below = sheet.rows[place.index + 1 :]
    rows = tuple(row for row in below if not header.repeats(row, place.columns))
    notes = [*_hidden(sheet, rows, place.columns)]
    if others:
        notes.append(
            f"{file.name}: the sheet {sheet.name!r} is read, and not "
            f"{_some([repr(other.name) for other, _ in others])}, which holds such a table too"
        )
    ignored = header.others(sheet.rows[place.index], place.columns, unread)
    if ignored:
        notes.append(f"{file.name}: columns that are not read: {_some(ignored)}")
    return Table(place.columns, rows, tuple(notes))


def read_sheets(file: Path) -> list[Sheet]:
    """All sheets of a workbook.

    Raises:
      UserError: if it is none, or is too large for a coding workbook.
    """
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for, a device read for ever
            raise UserError(f"cannot read the workbook {file}: it is a folder, a pipe or a device")
        data = file.read_bytes() if status.st_size <= MAX_BYTES else b""
    except OSError as error:
        raise UserError(f"cannot read the workbook {file}: {error.strerror}") from error
    try:
        sheets = list(_sheets(file, data)) if data and _unpacks(data) else None
    except MemoryError:
        raise
    except Exception as error:  # zip, XML and openpyxl fail in as many ways as they have parts
        raise UserError(
            f"{file} cannot be read as an .xlsx workbook: {_other_kind(data)}"
        ) from error
    if sheets is None or sum(len(sheet.rows) for sheet in sheets) > MAX_ROWS:
        raise UserError(
            f"{file} is empty, or too large for a coding workbook, which has less than "
            f"{MAX_BYTES // 10**6} MB and {MAX_ROWS} rows: copy the table alone into a new workbook"
        )
    return sheets


def _other_kind(data: bytes) -> str:
    """What a file is that is no workbook, and what to do."""
    save = "open it in Excel or LibreOffice and save it as .xlsx"
    if data.startswith(OLE):
        return f"it is an old .xls, or has a password: {save} without a password"
    if OPEN_DOCUMENT in data[:200]:
        return f"it is an OpenDocument sheet (.ods): {save}"
    if data.startswith(b"PK"):
        return "it is damaged: copy it again, or open it in Excel or LibreOffice and save it anew"
    if not data.strip(b"\0"):
        return "it holds nothing but zeros, as a copy that broke off does: copy it again"
    if b"\0" not in data[:1000] or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return f"it is a text, as a CSV or HTML table is: {save}"
    return f"it is a file of another kind, or damaged: copy it again, or {save}"


def _unpacks(data: bytes) -> bool:
    """Whether an archive unpacks to no more than `MAX_BYTES`, entities of its XML included."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > MAX_BYTES:
            return False
        # Only a declaration of entities makes XML larger than it is; without NUL: of UTF-16 too.
        texts = [part for part in parts if part.filename.endswith((".xml", ".rels"))]
        return not any(b"<!DOCTYPE" in archive.read(t).replace(b"\0", b"") for t in texts)


def _sheets(file: Path, data: bytes) -> Iterator[Sheet]:
    with warnings.catch_warnings(), contextlib.ExitStack() as opened:
        warnings.simplefilter("ignore")  # openpyxl's, over styles and validations it does not know
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        opened.callback(book.close)
        archive = opened.enter_context(zipfile.ZipFile(io.BytesIO(data)))
        # Of the XML: openpyxl takes it for so where it does not stand.
        parts = [archive.read(n) for n in archive.namelist() if n.endswith("workbook.xml")]
        fresh = any(TO_BE_CALCULATED.search(part) for part in parts)
        if not book.worksheets:
            raise ValueError("a workbook of charts")
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # some programs write them wrongly, as A1 or a million rows
            layout = grid.read_grid(archive, sheet._worksheet_path, to_be_calculated=fresh)
            rows = _rows(file, sheet, layout)
            yield Sheet(sheet.title, rows, sheet.sheet_state != "visible", layout)


def _rows(file: Path, sheet, layout: Grid) -> tuple[Row, ...]:
    """The rows that hold anything, with the values of merges in all of their rows."""
    held: dict[int, list] = {}
    for number, values in enumerate(
        sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS), start=1
    ):
        if number > LAST_ROW:
            raise ValueError("openpyxl makes up the rows before one of an impossible number")
        cells = list(values)
        for column in [c for c in layout.uncalculated.get(number, ()) if c <= MAX_COLUMNS]:
            cells[column - 1] = Uncalculated(file, Row(number, ()).name(column - 1))
        if cells.count(None) < len(cells):
            held[number] = cells
        if len(held) > MAX_ROWS:
            break
    grid.spread(layout.merged, held)
    return tuple(Row(number, _trimmed(cells)) for number, cells in held.items())


def _trimmed(cells: list) -> tuple:
    width = max((n for n, cell in enumerate(cells, start=1) if cell is not None), default=0)
    return tuple(cells[:width])


def _hidden(sheet: Sheet, rows: Sequence[Row], columns: dict[str, int]) -> Iterator[str]:
    if sheet.hidden:
        yield f"the sheet {sheet.name!r} is hidden in the workbook, and read"
    numbers = [str(row.number) for row in rows if row.number in sheet.grid.hidden_rows]
    if numbers:
        yield f"rows that are hidden in the workbook are read too: {_some(numbers)}"
    heads = [name for name, column in columns.items() if sheet.grid.hides(column + 1)]
    if heads:
        yield f"columns that are hidden in the workbook are read too: {_some(heads)}"


def _some(names: Sequence[str]) -> str:
    more = [f"and {len(names) - SHOWN} more"] if len(names) > SHOWN else []
    return ", ".join([*names[:SHOWN], *more])
