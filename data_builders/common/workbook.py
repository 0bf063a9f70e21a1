"""Coding workbooks as licensees hold them: their rows, and the columns by what heads them."""

import contextlib
import dataclasses
import io
import itertools
import re
import stat
import unicodedata
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl

from mol_jax.errors import UserError

# Far above any coding workbook, so that a damaged one fills neither memory nor an evening.
MAX_BYTES = 10_000_000  # of the file, and of what it unpacks to
MAX_ROWS, MAX_COLUMNS = 20_000, 64  # that hold anything; columns beyond are not read
LAST_ROW = 2**20  # of a spreadsheet program
MAX_TEXT = 1000  # characters of a cell that are read
INVISIBLE = ("Cc", "Cf")  # control characters, marks of direction and of where to break


@dataclasses.dataclass(frozen=True)
class Row:
    """One row of a sheet: its number as a spreadsheet program shows it, cells by position."""

    number: int
    cells: tuple

    def text(self, column: int) -> str:
        """The cell as `plain_text`, empty where there is none."""
        value = self.cells[column] if column < len(self.cells) else None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return "" if value is None else plain_text(str(value))

    def integer(self, column: int) -> int | None:
        """The cell as a frame number, None for '/', -1 or anything else that is none."""
        text = self.text(column)
        return int(text) if re.fullmatch(r"\d{1,9}", text) else None


def read_rows(file: Path, sheet: str | None = None) -> list[Row]:
    """The rows of the sheet of that name, else of the first one; empty rows are left out.

    Raises:
      UserError: if the file is no workbook, or is too large for one of this kind.
    """
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for, a device read for ever
            raise UserError(f"cannot read the workbook {file}: it is a folder, a pipe or a device")
        data = file.read_bytes() if status.st_size <= MAX_BYTES else b""
    except OSError as error:
        raise UserError(f"cannot read the workbook {file}: {error.strerror}") from error
    try:
        fits = bool(data) and _unpacks(data)
        rows = list(itertools.islice(_rows(data, sheet), MAX_ROWS + 1)) if fits else []
    except MemoryError:
        raise
    except Exception as error:  # zip, XML and openpyxl fail in as many ways as they have parts
        raise UserError(
            f"{file} cannot be read as an .xlsx workbook: copy it again, or save it as .xlsx "
            "without a password"
        ) from error
    if not fits or len(rows) > MAX_ROWS:
        raise UserError(
            f"{file} is empty, or too large for a coding workbook, which has less than "
            f"{MAX_BYTES // 10**6} MB and {MAX_ROWS} rows: copy the table alone into a new workbook"
        )
    return rows


def _unpacks(data: bytes) -> bool:
    """Whether an archive unpacks to no more than `MAX_BYTES`, entities of its XML included."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > MAX_BYTES:
            return False
        # Only a declaration of entities makes XML larger than it is; without NUL: of UTF-16 too.
        texts = [part for part in parts if part.filename.endswith((".xml", ".rels"))]
        return not any(b"<!DOCTYPE" in archive.read(t).replace(b"\0", b"") for t in texts)


def _rows(data: bytes, sheet: str | None) -> Iterator[Row]:
    with warnings.catch_warnings(), contextlib.ExitStack() as opened:
        warnings.simplefilter("ignore")  # openpyxl's, over styles and validations it does not know
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        opened.callback(book.close)
        chosen = book[sheet] if sheet in book.sheetnames else book.worksheets[0]
        chosen.reset_dimensions()  # some programs write them wrongly, as A1 or a million rows
        rows = chosen.iter_rows(values_only=True, max_col=MAX_COLUMNS)
        for number, cells in enumerate(rows, start=1):
            if number > LAST_ROW:
                raise ValueError("openpyxl makes up the rows before one of an impossible number")
            if cells.count(None) < len(cells):
                width = max(n for n, cell in enumerate(cells, start=1) if cell is not None)
                yield Row(number, cells[:width])


def below_header(
    file: Path, rows: Sequence[Row], names: Sequence[str]
) -> tuple[dict[str, int], list[Row]]:
    """Finds the header by its content: the first row that holds all of `names`.

    Notes may stand above it, and copies are trimmed to different rows. Case and white space do not
    matter.

    Args:
      file: the workbook, for messages.
      rows: as `read_rows` returns them.
      names: headers in lower case, words one space apart.

    Returns:
      The position of each name's column, and the rows below the header.

    Raises:
      UserError: if no row holds all of them; it names those that the nearest row lacks.
    """
    lacking, nearest = list(names), None
    for index, row in enumerate(rows):
        heads = [row.text(column).lower() for column in range(len(row.cells))]
        missing = [name for name in names if name not in heads]
        if not missing:
            return {name: heads.index(name) for name in names}, list(rows[index + 1 :])
        if len(missing) < len(lacking):
            lacking, nearest = missing, row.number
    found = (
        f"row {nearest}, the nearest, lacks {', '.join(lacking)}" if nearest else "there is none"
    )
    raise UserError(
        f"{file} needs a row headed {', '.join(names)}, but {found}: is this the coding workbook?"
    )


def plain_text(text: str) -> str:
    """Text in one line, as it looks: one spelling of é, one space for any, nothing invisible."""
    text = unicodedata.normalize("NFC", text[:MAX_TEXT])
    shown = (c for c in text if c.isspace() or unicodedata.category(c) not in INVISIBLE)
    return " ".join("".join(shown).split())
