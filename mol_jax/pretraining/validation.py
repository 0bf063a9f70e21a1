"""validation.csv: what the people who are held out say of each step, and when to stop."""

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from mol_jax.files.cells import Table, write_cells

FILE = "validation.csv"


@dataclasses.dataclass(frozen=True)
class Point:
    """The figures of one step, by their names; None where there is none."""

    step: int
    figures: Mapping[str, float | None]


class Points:
    """The points of a pre-training while it goes on, in the order of their steps."""

    def __init__(self, folder: Path, names: Sequence[str], *, measure: str, sign: int):
        """names: of the figures. measure: the one that decides. sign: 1 where more is better."""
        self._path, self._names = folder / FILE, tuple(names)
        self._measure, self._sign = measure, sign
        self.rows = read(self._path, names) if self._path.exists() else []

    def start(self, step: int) -> None:
        """Drops the points after the step that training starts from."""
        self.rows = [row for row in self.rows if row.step <= step]

    def add(self, point: Point) -> bool:
        """Takes a point; returns whether it is the best so far."""
        self.rows.append(point)
        best = self.best
        return best is not None and best.step == point.step

    @property
    def best(self) -> Point | None:
        """Returns the point with the best figure, of equals the first; None without any."""
        told = [row for row in self.rows if self._value(row) is not None]
        return max(told, key=lambda row: self._sign * (self._value(row) or 0.0), default=None)

    def since_best(self) -> int:
        """Returns how many points there are after the best one."""
        best = self.best
        return sum(best is None or row.step > best.step for row in self.rows)

    def save(self) -> None:
        """Writes validation.csv."""
        lines = ([row.step, *(row.figures.get(name) for name in self._names)] for row in self.rows)
        write_cells(self._path, ("step", *self._names), lines)

    def _value(self, row: Point) -> float | None:
        value = row.figures.get(self._measure)
        return value if value is not None and math.isfinite(value) else None


def read(path: Path, names: Iterable[str]) -> list[Point]:
    """Reads validation.csv. Raises UserError where it is damaged."""
    table, names = Table(path), tuple(names)
    table.require("step", *names)
    return [
        Point(
            cells.whole("step"),
            {name: cells.optional(cells.any_real, name) for name in names},
        )
        for cells in table
    ]
