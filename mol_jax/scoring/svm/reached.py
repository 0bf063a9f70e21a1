"""What the SVM says of the clips of some predictions, and how far they are from it. No JAX here.

`flow_svm.csv` stands beside a run's predictions.csv and has its form, once per clip: the SVM
depends on neither trial nor seed.
"""

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mol_jax.errors import UserError
from mol_jax.scoring import baselines
from mol_jax.scoring.confusion import by_subject, scores
from mol_jax.scoring.intervals import paired_test, score_intervals
from mol_jax.scoring.predictions import (
    Prediction,
    Predictions,
    read_predictions,
    write_predictions,
)
from mol_jax.scoring.svm import pairing

FILE = "flow_svm.csv"
KEY = "flow_svm"  # in metrics.json's baselines
NAME = "flow + SVM"


@dataclasses.dataclass(frozen=True)
class Floor:
    """What the SVM says of clips; rows: one per clip, None where that is not known.

    why: the reason, where it is not known. notes: what else a reader must know. file: where it was
    read. folds: whether its folds and those of the table beside it are known, and so compared.
    """

    rows: tuple[Prediction, ...] | None = None
    why: str = f"no {FILE} beside it"
    notes: tuple[str, ...] = ()
    file: str = FILE
    folds: bool = True


UNKNOWN = Floor()


def read(path: str | Path, reader: Callable[[str], Predictions] = read_predictions) -> Floor:
    """Reads a flow_svm.csv. Raises UserError where it is damaged or predicts a clip twice.

    reader: of its form, which is that of our own tables unless it is said.
    """
    table = reader(str(path))
    if not table.rows:
        raise UserError(f"{path} has a header but no prediction: expected one line per video")
    twice = len(table.rows) - len({row.video for row in table.rows})
    if twice:
        raise UserError(
            f"{path} predicts {twice} clips again, in another trial or seed: expected one line per "
            "video, as the SVM gives"
        )
    return Floor(table.rows, file=str(path), folds=table.has_folds)


def write(folder: Path, classes: Sequence[str], floor: Floor) -> Floor:
    """Writes flow_svm.csv, or removes it where the SVM is not known; returns it as read back."""
    path = folder / FILE
    if floor.rows is None:
        path.unlink(missing_ok=True)
        return floor
    write_predictions(path, classes, floor.rows)
    return dataclasses.replace(floor, rows=read(path).rows)


def find(path: str | Path, reader: Callable[[str], Predictions] = read_predictions) -> Floor:
    """Returns what stands beside a file of predictions; a bad file gives the reason, no error."""
    found = Path(path).parent / FILE
    if not found.exists():
        return UNKNOWN
    if found.resolve() == Path(path).resolve():
        return Floor(why="this is the SVM's own file")
    try:
        return read(found, reader)
    except UserError as error:
        return Floor(why=str(error))


def rows_on(rows: Sequence[Prediction], floor: Floor) -> list[Prediction]:
    """Returns the rows with what the SVM says in place of their own predictions.

    So they are of the same clips, people and seeds, whatever else the SVM was asked about. Raises
    UserError where it has other clips or labels, or parts them into other folds.
    """
    assert floor.rows is not None, "known"
    pairs = pairing.every(rows, floor.rows, floor.file)
    if floor.folds:
        pairing.check_folds(pairs, floor.file)
    return [dataclasses.replace(row, pred=svm.pred, probs=()) for row, svm in pairs]


def in_same_folds(rows: Sequence[Prediction], floor: Floor) -> Floor:
    """Returns the floor, or why it is none where it parts the clips of some rows into other folds.

    Asked once about all rows: those of one dataset could pass alone.
    """
    if floor.rows is None or not floor.folds:
        return floor
    try:
        pairing.check_folds(pairing.shared(rows, floor.rows, floor.file), floor.file)
    except UserError as error:
        return Floor(why=str(error))
    return floor


def of_table(table: Predictions, floor: Floor) -> Floor:
    """Returns the floor with a note where it or a table of predictions names no folds."""
    if floor.rows is None or (table.has_folds and floor.folds):
        return floor
    without = "the table" if floor.folds else floor.file
    note = f"whether its folds are those of the table is not known, {without} names none"
    return dataclasses.replace(floor, folds=False, notes=(*floor.notes, note))


def reached(
    rows: Sequence[Prediction], classes: Sequence[str], floor: Floor
) -> dict[str, Any] | None:
    """Returns {"acc", …, "ci95"} of the SVM on the clips of one trial; None if it is not known."""
    if _why_not(rows, floor):
        return None
    theirs = rows_on(baselines.one_per_clip(rows), floor)
    counts = by_subject([dataclasses.replace(row, seed=0) for row in theirs], _all(classes, theirs))
    return {**scores(counts[0].sum(0)), "ci95": score_intervals(counts)}


def against(rows: Sequence[Prediction], classes: Sequence[str], floor: Floor) -> dict[str, Any]:
    """Returns {"why", "notes", "against"}: how far the rows of one trial are from the SVM.

    why: the reason, where that is not known. against: `resampling.paired_test`, rows minus SVM.
    """
    said: dict[str, Any] = {"why": _why_not(rows, floor), "notes": list(floor.notes)}
    if said["why"]:
        return said | {"against": None}
    theirs = rows_on(rows, floor)
    every = _all(classes, theirs)
    return said | {"against": paired_test(by_subject(rows, every), by_subject(theirs, every))}


def _why_not(rows: Sequence[Prediction], floor: Floor) -> str | None:
    """Returns why the SVM's score on these clips is not known, None if it is."""
    if floor.rows is None:
        return floor.why
    try:
        rows_on(rows, floor)
    except UserError as error:
        return str(error)
    return None


def _all(classes: Sequence[str], rows: Sequence[Prediction]) -> list[str]:
    """Returns the classes, and after them what somebody's SVM says besides."""
    return list(dict.fromkeys((*classes, *(row.pred for row in rows))))
