"""A table read cell by cell, with errors that name the file, the line and the column."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Integral
from pathlib import Path
from typing import Any

from mol_jax.errors import UserError
from mol_jax.files import separated, text
from mol_jax.files.whole import write_table
from mol_jax.text import spelling


@dataclass(frozen=True, slots=True)
class Cells:
    """One line of a table. Each reader returns a cell's value or raises UserError about it.

    called: what the table itself calls its columns, where that is something else.
    """

    path: Path
    line: int
    values: dict[str, str]
    called: Mapping[str, str] = field(default_factory=dict)

    def fail(self, column: str, got: str, expected: str) -> UserError:
        """Returns the error to raise about a cell."""
        return UserError(
            f"{self.path}, line {self.line}, column {self.called.get(column, column)}: got {got}, "
            f"expected {expected}"
        )

    def has(self, column: str) -> bool:
        """Tells whether the table has this column."""
        return column in self.values

    def text(self, column: str) -> str:
        """Reads text that is not empty."""
        value = self.values[column].strip()
        if not value:
            raise self.fail(column, "an empty cell", "a name")
        return value

    def whole(self, column: str) -> int:
        """Reads an integer, also where pandas wrote it as 1.0."""
        value = self.values[column].strip()
        number = spelling.whole(value)
        if number is None:
            raise self.fail(column, repr(value), "a whole number")
        return number

    def any_real(self, column: str) -> float:
        """Reads a number, nan and inf included."""
        value = self.values[column].strip()
        try:
            return float(_plain(value))
        except ValueError:
            raise self.fail(column, repr(value), "a number") from None

    def real(self, column: str) -> float:
        """Reads a finite number."""
        value = self.any_real(column)
        if not math.isfinite(value):
            raise self.fail(column, repr(self.values[column].strip()), "a finite number")
        return value

    def optional(self, read: Callable[[str], Any], column: str) -> Any:
        """Reads a cell that may be empty: None then."""
        return read(column) if self.values[column].strip() else None


def _plain(number: str) -> str:
    """Writes a decimal comma as a point. Raises ValueError for 1_0, which only Python takes."""
    if "_" in number:
        raise ValueError(number)
    return number.replace(",", ".")


class Table:
    """A table with a header, all of whose lines have as many cells. Iterates over its lines.

    Its cells are parted by commas, semicolons or tabs, see `mol_jax.files.separated`.
    """

    def __init__(self, path: str | Path):
        self.path = Path(path)
        self._table = separated.read(path, text.read(path).content)
        self.header = self._table.header
        twice = sorted(name for name in set(self.header) if self.header.count(name) > 1)
        if twice:
            raise UserError(f"{path}, line 1: column {twice[0]!r} is there twice: keep one")

    def require(self, *columns: str) -> None:
        """Raises UserError where one of these columns is missing."""
        missing = [name for name in columns if name not in self.header]
        if missing:
            raise UserError(
                f"{self.path}, line 1: no column {', '.join(missing)}: got the columns "
                f"{', '.join(self.header)[:200]}, expected at least {', '.join(columns)}"
            )

    def __iter__(self) -> Iterator[Cells]:
        for number, values in self._table.rows:
            yield Cells(self.path, number, dict(zip(self.header, values, strict=True)))


def cell(value: Any) -> str:
    """Writes one value so that a float32 comes back as it was."""
    if value is None or isinstance(value, str):
        return value or ""
    return str(int(value)) if isinstance(value, Integral) else f"{float(value):.9g}"


def write_cells(path: str | Path, header: Sequence[str], table: Iterable[Sequence[Any]]) -> None:
    write_table(path, header, ([cell(value) for value in line] for line in table))
