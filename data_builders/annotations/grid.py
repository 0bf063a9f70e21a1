"""What a sheet of a workbook says besides values: merged cells, hidden rows, empty formulas."""

import bisect
import collections
import dataclasses
import zipfile
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries

NEVER = ("", "0")  # values that programs write which do not calculate


@dataclasses.dataclass(frozen=True)
class Grid:
    """A sheet's layout; rows and columns count from 1.

    Attributes:
      merged: first and last row and first and last column of each merge.
      hidden_rows, hidden_columns: those that a spreadsheet program does not show.
      uncalculated: row → columns of the cells with a formula and no value.
    """

    merged: tuple[tuple[int, int, int, int], ...]
    hidden_rows: frozenset[int]
    hidden_columns: tuple[tuple[int, int], ...]
    uncalculated: Mapping[int, Sequence[int]]

    def hides(self, column: int) -> bool:
        """Whether a column is hidden."""
        return any(first <= column <= last for first, last in self.hidden_columns)


def read_grid(archive: zipfile.ZipFile, part: str, *, to_be_calculated: bool) -> Grid:
    """Reads a sheet's XML, without DOCTYPE.

    Args:
      archive: the workbook.
      part: the sheet's path in it.
      to_be_calculated: whether the workbook asks for that when it is opened; a formula's 0 is then
        no value.
    """
    never = NEVER if to_be_calculated else NEVER[:1]
    merged, columns = [], []
    hidden: set[int] = set()
    uncalculated: dict[int, list[int]] = {}
    number = 0
    with archive.open(part) as source:
        for _, element in ElementTree.iterparse(source):
            match _local(element):
                case "row":
                    number = int(element.get("r") or number + 1)
                    hidden |= {number} if _true(element.get("hidden")) else set()
                    uncalculated[number] = _uncalculated(element, never)
                    element.clear()
                case "mergeCell":
                    left, top, right, bottom = range_boundaries(element.get("ref", ""))
                    merged.append((int(top), int(bottom), int(left), int(right)))
                case "col" if _true(element.get("hidden")):
                    columns.append((int(element.get("min", 0)), int(element.get("max", 0))))
    return Grid(tuple(merged), frozenset(hidden), tuple(columns), uncalculated)


def spread(merged: Sequence[tuple[int, int, int, int]], rows: Mapping[int, list]) -> None:
    """Gives every row of a merge the value that the merge shows, in place.

    The value stands in the merge's first column, in its others there is none. Rows that hold
    nothing else get no cell.

    Args:
      merged: as `Grid.merged`.
      rows: cells by row number, in ascending order; each as long as the widest.

    Raises:
      ValueError: if two merges overlap.
    """
    numbers = list(rows)
    covered: dict[int, int] = collections.defaultdict(int)  # column → last row of a merge in it
    for top, bottom, left, right in sorted(merged):
        inside = numbers[bisect.bisect_left(numbers, top) : bisect.bisect_right(numbers, bottom)]
        columns = range(left, 1 + min(right, len(rows[inside[0]]) if inside else 0))
        if any(top <= covered[column] for column in columns):
            raise ValueError("merged cells overlap")
        covered.update(dict.fromkeys(columns, bottom))
        if not columns:
            continue
        value = rows[top][left - 1] if top in rows else None
        for number in inside:
            rows[number][left - 1 : columns[-1]] = [value, *[None] * (len(columns) - 1)]


def _uncalculated(row: ElementTree.Element, never: Sequence[str]) -> list[int]:
    found, column = [], 0
    for cell in row:
        if _local(cell) != "c":
            continue
        place = cell.get("r")
        column = coordinate_to_tuple(place)[1] if place else column + 1
        parts = {_local(part): part.text or "" for part in cell}
        # A text may be empty; a value of another kind may not.
        if "f" in parts and cell.get("t") != "str" and parts.get("v", "") in never:
            found.append(column)
    return found


def _local(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _true(text: str | None) -> bool:
    return text in ("1", "true", "on")
