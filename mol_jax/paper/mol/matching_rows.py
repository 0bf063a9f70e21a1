"""The paper's figures that a run stands beside: those of the rows that are of what it trained."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mol_jax.paper.mol.differences import written
from mol_jax.paper.mol.row_settings import MOL, SETTINGS, is_of
from mol_jax.paper.mol.tables import TABLES
from mol_jax.paper.rows import Row


@dataclass(frozen=True)
class Quoted:
    """A figure of the paper.

    metric, row: see `paper_rows`. figure: as printed. tables: the numbers of those that print it.
    """

    metric: str
    row: Row
    figure: str
    tables: tuple[str, ...]


def figures(fields: Mapping[str, Any]) -> list[Quoted]:
    """Returns what the tables print of runs that are equal in the fields that decide rows, once.

    fields: by their dotted names, see `differences.fields_of`. How such a run differs from the
    paper's in all other fields, `differences.unlike` tells.
    """
    configs = {config for config in SETTINGS if is_of(config, fields)}
    printed = [
        (metric, row, figure, table.number)
        for table in TABLES.values()
        for row in table.rows
        if row.config in configs
        for metric, figure in row.figures.items()
    ]
    first: dict[tuple[str, str, str], Row] = {}
    tables: dict[tuple[str, str, str], list[str]] = {}
    for metric, row, figure, number in printed:
        key = (metric, row.part, figure)
        first.setdefault(key, row)
        tables.setdefault(key, []).append(number)
    return [
        Quoted(key[0], row, key[2], tuple(dict.fromkeys(tables[key]))) for key, row in first.items()
    ]


def words(fields: Mapping[str, Any]) -> str:
    """Says what a run is of, as "casme2 5class, t = 4, model.fcc = none".

    A field that the run does not have, as another network's run, is left out.
    """
    other = [
        f"{'t' if name == 'data.frames' else name} = {written(fields[name])}"
        for name, value in MOL.items()
        if value not in (None, fields.get(name, value))
    ]
    return ", ".join((f"{fields['data.name']} {fields['data.view']}", *other))
