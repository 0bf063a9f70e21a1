"""A table as text: which sign parts its cells, and its rows, with errors that name the line."""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from mol_jax.errors import UserError

SEPARATORS = {
    ",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", "，": "wide commas",
    "；": "wide semicolons",
}  # fmt: skip
_RULE = re.compile("(:?-+:?)?")  # below the header of a table in Markdown


@dataclass(frozen=True)
class Separated:
    """The stripped cells of a table: its header, and (number of the line, cells) of each row.

    Every row has as many cells as the header, which stands in line `first`.
    """

    header: list[str]
    rows: list[tuple[int, list[str]]]
    first: int


def records(path: str | Path, text: str, *, spaces: bool = False) -> list[tuple[int, list[str]]]:
    """Returns (number of the line, stripped cells) of every line that holds anything.

    See `separator` for what parts the cells. Raises UserError for quotes that do not close.
    """
    text, skipped, sign = separator(text, spaces=spaces)
    if sign == " ":
        numbered = enumerate(text.splitlines(), start=1 + skipped)
        return [(number, line.split()) for number, line in numbered if line.strip()]
    quote = "'" if text.lstrip().startswith("'") else '"'
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=sign, quotechar=quote, strict=True)
    found = []
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped) and not (sign == "|" and all(map(_RULE.fullmatch, stripped))):
                found.append((reader.line_num + skipped, stripped))
    except csv.Error as error:
        raise UserError(
            f"{path}, line {reader.line_num + skipped} cannot be read ({error}): mend its quotes"
        ) from error
    return found


def header_cells(line: str) -> list[str]:
    """Returns the cells of a line that may be a header, [] where it is empty or damaged."""
    try:
        found = records("", line, spaces=True)
    except UserError:
        return []
    return found[0][1] if found else []


def separator(text: str, *, spaces: bool = False) -> tuple[str, int, str]:
    """Returns the text, how many lines were taken off it, and the sign that parts its cells.

    A first line "sep=;", which Excel writes, names it; else it is the commonest of the header's
    outside quotes. spaces: a header without any such sign is parted by its spaces.
    """
    named = re.match(r"sep=([^\"\w\s]|\t)\r?\n", text)
    if named:
        return text[named.end() :], 1, named[1]
    header = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*("|$)', "", header)
    sign = max(SEPARATORS, key=bare.count)
    if spaces and not bare.count(sign) and len(header.split()) > 1:
        sign = " "
    return text, 0, sign


def read(path: str | Path, text: str, *, spaces: bool = False) -> Separated:
    """Reads a table with a header. Empty lines are left out, and empty cells after the last column.

    Raises UserError where there is no header, or a line has more or fewer cells.
    """
    every = records(path, text, spaces=spaces)
    if not every:
        raise UserError(f"{path} is empty: expected a header and one line per video")
    sign = separator(text, spaces=spaces)[2]
    (first, header), *rest = every
    while len(header) > 1 and not header[-1]:
        header.pop()
    rows = []
    for number, cells in rest:
        while len(cells) > len(header) and not cells[-1]:
            cells.pop()
        if len(cells) != len(header):
            raise _odd_line(path, number, len(cells), len(header), first, sign)
        rows.append((number, cells))
    return Separated(header, rows, first)


def _odd_line(
    path: str | Path, number: int, cells: int, columns: int, first: int, sign: str
) -> UserError:
    parted = SEPARATORS.get(sign, "spaces" if sign == " " else f"the sign {sign}")
    if cells < columns:
        advice = "is the line cut short?"
    else:
        advice = f'put a text or number that holds {parted} in "quotes"'
    return UserError(
        f"{path}, line {number}: got {cells} cells, expected {columns}, as the header in line "
        f"{first} has between {parted}: {advice}"
    )
