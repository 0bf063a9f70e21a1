"""predictions.csv: one prediction per video, as a run leaves it.

The writer writes exactly the contract's header, and the reader asks for it; anybody's table of
predictions is read by `mol_jax.scoring.reading`. A bad file raises UserError with its line and
column.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mol_jax.files.cells import Cells, Table, write_cells
from mol_jax.protocol.people import Person, person_of, subject_name
from mol_jax.scoring import mark

KEY = ("dataset", "subject", "clip", "fold", "trial", "seed")
PREDICTIONS_HEADER = (*KEY, "true", "pred")  # then one p_<class> per class, PERSON, mark.COLUMN
PERSON = "person"
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

    has_folds: whether it names the folds; else each person is taken for one. has_clips: whether it
    names the clips; else each is called by its line. notes: what was done to read it.
    """

    classes: tuple[str, ...]
    rows: tuple[Prediction, ...]
    has_folds: bool = True
    notes: tuple[str, ...] = ()
    has_clips: bool = True


def write_predictions(
    path: str | Path,
    classes: Sequence[str],
    rows: Iterable[Prediction],
    *,
    columns: Sequence[str] = (),
    cells: Iterable[tuple[object, ...]] | None = None,
) -> None:
    """Writes predictions.csv: one line per video, one column p_<class> per class.

    columns: names of more columns after these. cells: of each row, what stands in them. Where rows
    name the human, a column does. Generated clips under a real dataset's name are marked in a last
    column.
    """
    rows = list(rows)
    person = (PERSON,) * any(row.person for row in rows)
    columns = (*(f"p_{name}" for name in classes), *person, *columns, *mark.header(rows))
    header = (*PREDICTIONS_HEADER, *columns)
    more = [()] * len(rows) if cells is None else cells
    table = [
        (
            *(getattr(row, n) for n in PREDICTIONS_HEADER),
            *row.probs,
            *(row.person for _ in person),
            *said,
            *marked,
        )
        for row, said, marked in zip(rows, more, mark.cells(rows), strict=True)
    ]
    assert all(len(line) == len(header) for line in table), "one probability per class"
    write_cells(path, header, table)


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


def _prediction(cells: Cells, classes: Sequence[str]) -> Prediction:
    """Reads one line."""
    return Prediction(
        **{name: cells.text(name) for name in ("dataset", "subject", "clip", "fold")},
        trial=cells.whole("trial"),
        seed=cells.whole("seed"),
        true=_class(cells, "true", classes),
        pred=_class(cells, "pred", classes),
        probs=_probabilities(cells, classes),
        person=cells.values.get(PERSON, "").strip(),
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
