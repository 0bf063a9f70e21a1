"""The tables a run leaves behind: predictions.csv, dense.csv and history.csv.

Writers write exactly the contract's header, and readers ask for it; anybody's table of predictions
is read by `mol_jax.scoring.reading`. A bad file raises UserError with its line and column.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from pathlib import Path
from typing import Any

from mol_jax.errors import UserError
from mol_jax.files.cells import Cells, Table
from mol_jax.files.whole import write_table
from mol_jax.protocol.people import Person, person_of, subject_name
from mol_jax.scoring import mark
from mol_jax.scoring.measure import OVER, Measure, columns

KEY = ("dataset", "subject", "clip", "fold", "trial", "seed")
PREDICTIONS_HEADER = (*KEY, "true", "pred")  # then one p_<class> per class, and mark.COLUMN
_BEFORE_TERMS = ("fold", "trial", "seed", "step", "total")  # of history.csv
_TERM = "loss_"
_FIRST_TERMS = ("mer", "flow", "landmarks")  # the tasks; the other terms come after, by name
_AFTER_TERMS = ("grad_norm", "finite")
PROBABILITY_TOLERANCE = 1e-3  # a row's probabilities may miss 1 by this much


@dataclass(frozen=True, slots=True)
class Prediction:
    """One prediction for one video. Classes are names; `probs` follows `Predictions.classes`.

    `probs` is empty where a table has no probabilities, `person` where it does not name the human.
    `generated`: whether the clip was drawn by a program (`mol_jax.scoring.mark`).
    """

    dataset: str
    subject: str
    clip: str
    fold: str
    trial: int
    seed: int
    true: str
    pred: str
    probs: tuple[float, ...] = ()
    person: str = ""
    generated: bool = False

    @property
    def who(self) -> Person:
        """The human of the video, who may be in several datasets: see `mol_jax.protocol.people`."""
        return person_of(self.dataset, self.subject, named=self.person)

    @property
    def video(self) -> tuple[str, str, str]:
        """The dataset, subject and clip, one key however the subject is spelled."""
        return self.dataset, subject_name(self.dataset, self.subject), self.clip


@dataclass(frozen=True)
class Predictions:
    """A table of predictions and the classes it speaks of, in the order of its columns.

    has_folds: whether it names the folds; else each person is taken for one. notes: what was done
    to read it.
    """

    classes: tuple[str, ...]
    rows: tuple[Prediction, ...]
    has_folds: bool = True
    notes: tuple[str, ...] = ()


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


def write_predictions(path: str | Path, classes: Sequence[str], rows: Iterable[Prediction]) -> None:
    """Writes predictions.csv: one line per video, one column p_<class> per class.

    Generated clips under a real dataset's name are marked in a last column.
    """
    rows = list(rows)
    header = (*PREDICTIONS_HEADER, *(f"p_{name}" for name in classes), *mark.header(rows))
    table = [
        (*(getattr(row, n) for n in PREDICTIONS_HEADER), *row.probs, *marked)
        for row, marked in zip(rows, mark.cells(rows), strict=True)
    ]
    assert all(len(line) == len(header) for line in table), "one probability per class"
    _write(path, header, table)


def write_dense(path: str | Path, names: Sequence[str], rows: Iterable[DenseRow]) -> None:
    """Writes dense.csv: of each video its key, and the values of these columns.

    names: `mol_jax.scoring.measure.columns` of the network's measures.
    """
    rows = list(rows)
    lines = (
        (*(getattr(row, name) for name in KEY), *map(row.values.get, names), *marked)
        for row, marked in zip(rows, mark.cells(rows), strict=True)
    )
    _write(path, (*KEY, *names, *mark.header(rows)), lines)


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
    _write(path, header, lines)


def read_predictions(path: str | Path) -> Predictions:
    """Reads the table that `write_predictions` wrote; anybody's is for `mol_jax.scoring.reading`.

    Clips that a column `generated` marks are so: see `mol_jax.scoring.mark`.

    Raises UserError, with the line and column, where it lacks a column or holds what no run writes.
    A table with a header and no line has no rows; whether that is an error is the caller's matter.
    """
    table = Table(path)
    table.require(*PREDICTIONS_HEADER)
    classes = tuple(name[2:] for name in table.header if name.startswith("p_") and len(name) > 2)
    repeats, rows = Repeats(), []
    for cells in table:
        row = _prediction(cells, classes)
        repeats.check(row, cells)
        rows.append(row)
    if not classes:
        classes = tuple(sorted({row.true for row in rows} | {row.pred for row in rows}))
    return Predictions(classes, tuple(mark.of_run(path, rows)))


class Repeats:
    """What a table says of each video and each subject, which no later line may contradict."""

    def __init__(self) -> None:
        self._labels: dict[tuple[str, str, str], str] = {}
        self._seen: set[tuple[str, str, str, int, int]] = set()
        self._persons: dict[tuple[str, str], str] = {}

    def check(self, row: Prediction, cells: Cells) -> None:
        """Takes a line. Raises UserError for a clip that is there twice or has two labels, or a
        subject who is two persons."""
        clip = row.video
        person = self._persons.setdefault(clip[:2], row.person)
        if person != row.person:
            raise cells.fail(
                "person", repr(row.person), f"{person!r} as in subject {row.subject}'s other lines"
            )
        if (*clip, row.trial, row.seed) in self._seen:
            raise cells.fail(
                "clip",
                f"{row.clip!r} of subject {row.subject} a second time in trial {row.trial}, seed "
                f"{row.seed}",
                "one line per video",
            )
        self._seen.add((*clip, row.trial, row.seed))
        label = self._labels.setdefault(clip, row.true)
        if label != row.true:
            raise cells.fail(
                "true", repr(row.true), f"{label!r} as in this video's other trials and seeds"
            )


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


def _prediction(cells: Cells, classes: Sequence[str]) -> Prediction:
    """Reads one line."""
    return Prediction(
        **{name: cells.text(name) for name in ("dataset", "subject", "clip", "fold")},
        trial=cells.whole("trial"),
        seed=cells.whole("seed"),
        true=_class(cells, "true", classes),
        pred=_class(cells, "pred", classes),
        probs=_probabilities(cells, classes),
        generated=mark.read(cells, cells.text("dataset")),
    )


def _class(cells: Cells, column: str, classes: Sequence[str]) -> str:
    """Reads a class name; with p_<class> columns it must be one of theirs."""
    name = cells.text(column)
    if classes and name not in classes:
        raise cells.fail(column, repr(name), f"a class that has its column: {', '.join(classes)}")
    return name


def _probabilities(cells: Cells, classes: Sequence[str]) -> tuple[float, ...]:
    """Reads the columns p_<class>."""
    probs = tuple(cells.real(f"p_{name}") for name in classes)
    if probs and (min(probs) < 0 or abs(sum(probs) - 1) > PROBABILITY_TOLERANCE):
        raise cells.fail(
            f"p_{classes[0]} to p_{classes[-1]}",
            " ".join(f"{p:g}" for p in probs),
            "probabilities from 0 to 1 that sum to 1",
        )
    return probs


def _cell(value: Any) -> str:
    """Writes one value so that a float32 comes back as it was."""
    if value is None or isinstance(value, str):
        return value or ""
    return str(int(value)) if isinstance(value, Integral) else f"{float(value):.9g}"


def _write(path: str | Path, header: Sequence[str], table: Iterable[Sequence[Any]]) -> None:
    write_table(path, header, ([_cell(value) for value in line] for line in table))
