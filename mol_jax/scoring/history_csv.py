"""history.csv: the losses of a run as it trained."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mol_jax.errors import UserError
from mol_jax.files.cells import Table, write_cells

_BEFORE_TERMS = ("fold", "trial", "seed", "step", "total")  # of history.csv
_TERM = "loss_"
_FIRST_TERMS = ("mer", "flow", "landmarks")  # the tasks; the other terms come after, by name
_AFTER_TERMS = ("grad_norm", "finite")


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """Training losses of one logged chunk of one fold.

    terms: each term by its name, as weighted: they sum to `total`. One that is off is not there.
    """

    fold: str
    trial: int
    seed: int
    step: int
    total: float
    terms: Mapping[str, float]
    grad_norm: float
    finite: int


def write_history(path: str | Path, rows: Iterable[HistoryRow]) -> None:
    """Writes history.csv: one line per fold and logged chunk, one column loss_<term> per term.

    A cell is blank where a trial has no such term. Columns are in an order of their own, not in
    that of the rows, so that a run that was stopped has the same file.
    """
    rows = list(rows)
    names = {name for row in rows for name in row.terms}
    terms = [*(name for name in _FIRST_TERMS if name in names), *sorted(names - {*_FIRST_TERMS})]
    header = (*_BEFORE_TERMS, *(_TERM + name for name in terms), *_AFTER_TERMS)
    lines = (
        (
            *(getattr(row, name) for name in _BEFORE_TERMS),
            *map(row.terms.get, terms),
            *(getattr(row, name) for name in _AFTER_TERMS),
        )
        for row in rows
    )
    write_cells(path, header, lines)


def read_history(path: str | Path) -> list[HistoryRow]:
    """Reads history.csv. Losses may be nan: a diverged fold is part of the record.

    Raises UserError where it has the columns of an earlier version.
    """
    table = Table(path)
    table.require(*_BEFORE_TERMS, *_AFTER_TERMS)
    terms = [name for name in table.header if name.startswith(_TERM)]
    other = [n for n in table.header if n not in (*_BEFORE_TERMS, *terms, *_AFTER_TERMS)]
    if other:
        raise UserError(
            f"{path}, line 1: column {other[0]!r} is of another version, expected loss_<term> "
            "beside total: train the run again in another --workdir"
        )
    return [
        HistoryRow(
            fold=cells.text("fold"),
            trial=cells.whole("trial"),
            seed=cells.whole("seed"),
            step=cells.whole("step"),
            total=cells.any_real("total"),
            terms={
                name.removeprefix(_TERM): cells.any_real(name)
                for name in terms
                if cells.values[name].strip()
            },
            grad_norm=cells.any_real("grad_norm"),
            finite=cells.whole("finite"),
        )
        for cells in table
    ]
