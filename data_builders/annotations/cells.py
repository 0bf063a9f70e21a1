"""One row of a coding workbook: its cells as a spreadsheet program shows them, or why not."""

import dataclasses
import datetime
import re
import unicodedata
from pathlib import Path

from openpyxl.utils import get_column_letter

from data_builders.annotations.frame_numbers import frame_number
from mol_jax.errors import UserError
from mol_jax.text import spelling

MAX_TEXT = 1000  # characters of a cell that are read
INVISIBLE = ("Cc", "Cf")  # control characters, marks of direction and of where to break
ROUNDING = 1e-6  # what a formula's result may be off a whole number by
NO_ANSWER = ("-", "--", "/", "?", "#N/A")  # written where there is nothing, as nan is


@dataclasses.dataclass(frozen=True)
class Uncalculated:
    """A formula whose value the file does not hold: the program that wrote it does not calculate.

    file, name: where it stands, the name as in F2.
    """

    file: Path
    name: str

    def refusal(self) -> UserError:
        """The error that names the cell."""
        return UserError(
            f"{self.file}, cell {self.name} holds a formula whose value was never calculated: open "
            "the workbook in Excel or LibreOffice, and save it there"
        )


@dataclasses.dataclass(frozen=True)
class Row:
    """One row of a sheet: its number as a spreadsheet program shows it, cells by position."""

    number: int
    cells: tuple

    def name(self, column: int) -> str:
        """The cell's name, as F2."""
        return f"{get_column_letter(column + 1)}{self.number}"

    def text(self, column: int) -> str:
        """The cell as `plain_text`, empty where there is none.

        Raises:
          UserError: for a formula that was never calculated.
        """
        value = self._value(column)
        if isinstance(value, Uncalculated):
            raise value.refusal()
        return "" if value is None else plain_text(str(value))

    def head(self, column: int) -> str:
        """The cell's letters and digits in lower case, for a comparison with a header's."""
        value = self._value(column)
        return "" if isinstance(value, Uncalculated) else plain_head(self.text(column))

    def integer(self, column: int) -> int | None:
        """The cell as a frame number, None for '/', -1 or anything else that is none."""
        return frame_number(self.text(column))

    def fault(self, column: int) -> str | None:
        """Why the cell is no name and no label: a date, a time, an error. None where it may be."""
        value, text = self._value(column), self.text(column)
        if isinstance(value, datetime.date):
            return f"{self.name(column)} is the date {text.removesuffix(' 00:00:00')}"
        if isinstance(value, datetime.time | datetime.timedelta):
            return f"{self.name(column)} is the time {text}"
        if isinstance(value, bool):
            return f"{self.name(column)} is {text.upper()}"
        if text.startswith("#"):  # as #REF!, where a formula lost its cell
            return f"{self.name(column)} is the error {text.upper()}"
        return None

    def no_number(self, column: int) -> str:
        """What stands in a cell that is no frame number."""
        text = self.text(column)
        shown = f"{self.name(column)} is {text[:80]!r}" if text else f"{self.name(column)} is empty"
        said = f"{self.fault(column) or shown}, expected a frame number"
        dated = isinstance(self._value(column), datetime.date | datetime.time | datetime.timedelta)
        return f"{said}: if it is one, give the column the format Number" if dated else said

    def is_absent(self, column: int) -> bool:
        """Whether the cell says that there is nothing: empty, '/', -1, nan and the like."""
        text = self.text(column)
        nothing = spelling.is_nothing(text) and not self.fault(column)
        return nothing or text in NO_ANSWER or re.fullmatch(r"-\d+([.,]0*)?", text) is not None

    def _value(self, column: int) -> object:
        value = self.cells[column] if column < len(self.cells) else None
        if isinstance(value, float) and abs(value) < 1e15 and abs(value - round(value)) < ROUNDING:
            return round(value)
        return value


def plain_text(text: str) -> str:
    """Text in one line, as it looks: one spelling of é, one space for any, nothing invisible."""
    shown = (c for c in text[:MAX_TEXT] if c.isspace() or unicodedata.category(c) not in INVISIBLE)
    return spelling.clean("".join(map(_escaped, shown)))


def _escaped(sign: str) -> str:
    r"""A byte that is no text, and the sign for a lost letter, as \udce9 and \ufffd."""
    lost = unicodedata.category(sign) == "Cs" or sign == "\N{REPLACEMENT CHARACTER}"
    return sign.encode("unicode_escape").decode() if lost else sign


def plain_head(text: str) -> str:
    """onsetframe for 'Onset Frame', 'onset_frame' and 'OnsetFrame'."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())
