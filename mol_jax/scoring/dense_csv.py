"""dense.csv: what each video was measured by beside its class."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mol_jax.files.cells import Cells, Table, write_cells
from mol_jax.scoring import mark
from mol_jax.scoring.measure import OVER, Measure, columns
from mol_jax.scoring.predictions import KEY


@dataclass(frozen=True, slots=True)
class DenseRow:
    """What a network's measures say of one video: flow and landmark errors, and its own.

    values: by column, see `mol_jax.scoring.measure.columns`; None or not there where a task is off.
    A share is a count, and a mean over the phases where a video was shown by several.
    """

    dataset: str
    subject: str
    clip: str
    fold: str
    trial: int
    seed: int
    values: Mapping[str, float | None]
    generated: bool = False


def write_dense(path: str | Path, names: Sequence[str], rows: Iterable[DenseRow]) -> None:
    """Writes dense.csv: of each video its key, and the values of these columns.

    names: `mol_jax.scoring.measure.columns` of the network's measures.
    """
    rows = list(rows)
    lines = (
        (*(getattr(row, name) for name in KEY), *map(row.values.get, names), *marked)
        for row, marked in zip(rows, mark.cells(rows), strict=True)
    )
    write_cells(path, (*KEY, *names, *mark.header(rows)), lines)


def read_dense(path: str | Path, measures: Sequence[Measure] = ()) -> list[DenseRow]:
    """Reads dense.csv: every column but the key and the mark is a value, a number or blank.

    Raises UserError where a column of `measures` is not there, or a cell holds what no run writes.
    """
    table = Table(path)
    table.require(*KEY, *columns(measures))
    names = [name for name in table.header if name not in (*KEY, mark.COLUMN)]
    rows = [
        DenseRow(
            **{name: cells.text(name) for name in ("dataset", "subject", "clip", "fold")},
            trial=cells.whole("trial"),
            seed=cells.whole("seed"),
            values={name: cells.optional(_reader(cells, name), name) for name in names},
            generated=mark.read(cells, cells.text("dataset")),
        )
        for cells in table
    ]
    return mark.of_run(path, rows)


def _reader(cells: Cells, column: str) -> Callable[[str], Any]:
    """Returns what reads a value of dense.csv: the columns that say of how many are whole."""
    return cells.whole if column in OVER else cells.real
