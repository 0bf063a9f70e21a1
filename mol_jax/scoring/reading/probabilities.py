"""The columns p_<class> of anybody's table: taken only where they are probabilities of the classes.

No score needs them, so nothing in them can stop one: what cannot be taken is left out and said.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mol_jax.scoring.predictions import PROBABILITY_TOLERANCE
from mol_jax.text import spelling
from mol_jax.text.words import shortened

PREFIX = "p_"


@dataclass(frozen=True)
class Taken:
    """The classes in their order; rows: probabilities of each in each row, [] where there are none.

    notes: which columns were left out, and why.
    """

    classes: tuple[str, ...]
    rows: Sequence[tuple[float, ...]]
    notes: tuple[str, ...]


def take(header: Sequence[str], rows: Sequence[Sequence[str]], names: Sequence[str]) -> Taken:
    """Takes the columns p_<class> of a table whose classes are `names`.

    They count where each class has one, and those of the classes, or all of them, hold shares of 1.
    A class that only has a column is kept then. In other tables they still tell the order.
    """
    every = {
        place: name[len(PREFIX) :].strip()
        for place, name in enumerate(header)
        if name.casefold().startswith(PREFIX) and len(name) > len(PREFIX)
    }
    if not every:
        return Taken(tuple(names), [], ())
    own = _classes_of(every, names)
    called = {place: own.get(place, name) for place, name in every.items()}
    whole = set(own.values()) == set(names) and len(own) == len(names)
    for chosen in (called, own) if whole else ():
        values = _shares(rows, list(chosen))
        if values is not None and len(set(chosen.values())) == len(chosen):
            left = [header[place] for place in every if place not in chosen]
            return Taken(tuple(chosen.values()), values, _left_out(left, "are of no class"))
    order = tuple(own.values()) if whole else tuple(names)
    if not own:
        return Taken(order, [], _left_out([header[i] for i in every], "are of no class"))
    why = "are no probabilities that sum to 1" if whole else "are not of every class"
    return Taken(order, [], _left_out([header[place] for place in every], why))


def _classes_of(columns: Mapping[int, str], names: Sequence[str]) -> dict[int, str]:
    """Returns the class of each column that has one, whatever its case and form of a number."""
    faces = {spelling.face(name): name for name in names}
    found = {place: faces.get(spelling.face(name)) for place, name in columns.items()}
    return {place: name for place, name in found.items() if name is not None}


def _shares(rows: Sequence[Sequence[str]], places: Sequence[int]) -> list[tuple[float, ...]] | None:
    """Returns the probabilities in some columns, None where a row's are none or miss the sum 1."""
    found = []
    for cells in rows:
        values = tuple(_real(cells[place]) for place in places)
        if not all(0 <= value <= 1 for value in values):  # nan is refused with them
            return None
        if abs(sum(values) - 1) > PROBABILITY_TOLERANCE:
            return None
        found.append(values)
    return found


def _real(text: str) -> float:
    """Reads a number, with a decimal point or comma; nan where there is none."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return math.nan


def _left_out(columns: Sequence[str], why: str) -> tuple[str, ...]:
    """Says why columns were left out; why: "are of no class", which one column is."""
    if not columns:
        return ()
    said = f"The columns {shortened(columns, between=', ')} {why} and were left out"
    if len(columns) == 1:
        said = f"The column {columns[0]} {why.replace('are', 'is', 1)} and was left out"
    return (f"{said}: no score needs {'it' if len(columns) == 1 else 'them'}.",)
