"""The row of a sheet that heads its columns, found by what it holds."""

import dataclasses
import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path

from data_builders.annotations.cells import Row, plain_head
from mol_jax.errors import UserError

LONGEST = 60  # characters of a header that is shown
NEAR = 0.7  # how like a name that is lacking another header is, to be named for it


@dataclasses.dataclass(frozen=True)
class Place:
    """Where a header is: its index among the rows, and the position of each name's column."""

    index: int
    columns: dict[str, int]


def find(file: Path, rows: Sequence[Row], names: Sequence[str]) -> Place | None:
    """The first row that holds all of `names`: notes may stand above it.

    Raises:
      UserError: if one of them heads two columns.
    """
    wanted = {name: plain_head(name) for name in names}
    for index, row in enumerate(rows):
        heads = _heads(row)
        if not set(wanted.values()) <= set(heads):
            continue
        for name, plain in wanted.items():
            if heads.count(plain) > 1:
                first, second = [k for k, head in enumerate(heads) if head == plain][:2]
                raise UserError(
                    f"{file} has two columns headed {name!r}, {row.name(first)} and "
                    f"{row.name(second)}, expected one: rename the one that is not to be read"
                )
        return Place(index, {name: heads.index(plain) for name, plain in wanted.items()})
    return None


def missing(file: Path, sheets: Sequence[Sequence[Row]], names: Sequence[str]) -> UserError:
    """The error for a workbook without such a header, with what the nearest row lacks."""
    lacking, nearest = list(names), None
    for row in (row for rows in sheets for row in rows):
        heads = _heads(row)
        absent = [name for name in names if plain_head(name) not in heads]
        if len(absent) < len(lacking):
            lacking, nearest = absent, row
    said = "there is none" if nearest is None else _lacks(nearest, lacking, names)
    return UserError(
        f"{file} needs a row headed {', '.join(names)}, but {said}: is this the coding workbook?"
    )


def _lacks(row: Row, lacking: Sequence[str], names: Sequence[str]) -> str:
    known = {"", *map(plain_head, names)}
    heads = {head: k for k, head in enumerate(_heads(row)) if head not in known}
    said = []
    for name in lacking:
        plain = plain_head(name)
        held = [head for head in heads if head.startswith(plain) or plain.startswith(head)]
        near = held or difflib.get_close_matches(plain, heads, n=1, cutoff=NEAR)
        like = (
            f" ({row.name(heads[near[0]])} is {row.text(heads[near[0]])[:LONGEST]!r})"
            if near
            else ""
        )
        said.append(name + like)
    return f"row {row.number}, the nearest, lacks {', '.join(said)}"


def repeats(row: Row, columns: Mapping[str, int]) -> bool:
    """Whether a row below is the header again, as in pages that were pasted together."""
    return all(row.head(column) == plain_head(name) for name, column in columns.items())


def others(row: Row, columns: Mapping[str, int], unread: Sequence[str]) -> list[str]:
    """The headers of a header's other columns, without those that such a table has."""
    known = {plain_head(name) for name in (*columns, *unread)}
    found = [k for k, head in enumerate(_heads(row)) if head and head not in known]
    return [row.text(column)[:LONGEST] for column in found]


def _heads(row: Row) -> list[str]:
    return [row.head(column) for column in range(len(row.cells))]
