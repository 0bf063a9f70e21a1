"""Coding workbooks as licensees hold them: their rows, and the columns by what heads them."""

import contextlib
import dataclasses
import re
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import openpyxl

from mol_jax.errors import UserError

# What openpyxl, and the zip and XML readers below it, raise over a damaged workbook.
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, OSError, EOFError, SyntaxError, LookupError, AttributeError),
    *(TypeError, ValueError, ArithmeticError, RuntimeError),
)


@dataclasses.dataclass(frozen=True)
class Row:
    """One row of a sheet: its number as a spreadsheet program shows it, cells by position."""

    number: int
    cells: tuple

    def text(self, column: int) -> str:
        """The cell as stripped text, empty where there is none."""
        value = self.cells[column] if column < len(self.cells) else None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return "" if value is None else str(value).strip()

    def integer(self, column: int) -> int | None:
        """The cell as a frame number, None for '/', -1 or anything else that is none."""
        text = self.text(column)
        return int(text) if re.fullmatch(r"\d{1,9}", text) else None


def find_workbook(
    source: Path, names: Sequence[str], pattern: str, *, inside: Sequence[Path] = ()
) -> Path:
    """The coding workbook in `source`: one of `names`, else the only file like `pattern`.

    inside: folders to look in where `source` has none.

    Raises:
      UserError: if there is none, or more than one.
    """
    for folder in (source, *inside):
        # Not '~$…' and '._…', which Excel and macOS leave beside a workbook.
        like = [file for file in sorted(folder.glob(pattern)) if file.name[0] not in "~."]
        known = [file for file in (folder / name for name in names) if file.is_file()]
        found = known or [file for file in like if file.is_file()]
        if len(found) == 1:
            return found[0]
        if found:
            raise UserError(
                f"{folder} holds {' and '.join(file.name for file in found)}, expected one coding "
                "workbook: move the other one away"
            )
    raise UserError(f"{source} holds no coding workbook, expected {' or '.join(names)}")


def read_rows(file: Path, sheet: str | None = None) -> list[Row]:
    """The rows of the sheet of that name, else of the first one; empty rows are left out.

    Raises:
      UserError: if the file is no workbook.
    """
    try:
        with contextlib.closing(
            openpyxl.load_workbook(file, read_only=True, data_only=True)
        ) as book:
            chosen = book[sheet] if sheet in book.sheetnames else book.worksheets[0]
            chosen.reset_dimensions()  # some programs write them wrongly, as A1 or a million rows
            rows = enumerate(chosen.iter_rows(values_only=True), start=1)
            return [Row(n, cells) for n, cells in rows if any(cell is not None for cell in cells)]
    except _DAMAGE as error:
        raise UserError(
            f"{file} cannot be read as an .xlsx workbook: copy it again, or save it as .xlsx "
            "without a password"
        ) from error


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
        heads = [_plain(row.text(column)) for column in range(len(row.cells))]
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


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
