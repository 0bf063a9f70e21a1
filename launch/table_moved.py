"""What a run's networks score with key frames moved, read from its moved.csv.

`python -m mol_jax.moved` writes that file: predictions.csv, with each way of moving as a trial and
the shares of the way from onset to apex by which it moves, later or, below 0, earlier.
"""

import csv
import dataclasses
import io
from pathlib import Path

from launch.table_results import Figure, Result, percent
from mol_jax.errors import UserError
from mol_jax.files.whole import read_text
from mol_jax.scoring.confusion import by_subject
from mol_jax.scoring.intervals import score_intervals, seed_mean
from mol_jax.scoring.predictions import read_predictions
from mol_jax.scoring.summary import of_trial

FILE = "moved.csv"
NEAR = 1e-9  # shares that are written in decimals
_SCORES = ("uf1", "uar")


def command(folder: Path) -> str:
    """Returns the command that writes the file of a run."""
    return f"python -m mol_jax.moved --workdir={folder}"


def read(folder: Path, run: Result, part: str, moved: tuple[float, float]) -> Result | None:
    """Returns what a run scores with onset and apex moved; None where that was not tried.

    run: what it scores as it is, of the same clips. part: the dataset of a composite that is asked
    for. Raises UserError where the file is damaged.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    trial = _trial(path, moved)
    if trial is None:
        return None
    table = read_predictions(path)
    rows = [row for row in of_trial(table.rows, trial) if row.dataset == part or not part]
    if not rows:
        return None
    counts = by_subject(rows, table.classes)
    means, bounds = seed_mean(counts.sum(1)), score_intervals(counts)
    # Without the SVM, whose clips are not moved.
    figures = {name: Figure(100 * float(means[name]), percent(bounds[name])) for name in _SCORES}
    return dataclasses.replace(run, figures=figures, seeds=counts.shape[0])


def _trial(path: Path, moved: tuple[float, float]) -> int | None:
    """Returns the number of the trial that is moved so, None where there is none."""
    try:
        lines = csv.DictReader(io.StringIO(read_text(path)))
        shifts = {
            (float(line["onset_shift"]), float(line["apex_shift"])): int(line["trial"])
            for line in lines
        }
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise UserError(
            f"{path} is not what mol_jax.moved writes ({type(error).__name__}: {error}); run "
            f"{command(path.parent)} again."
        ) from error
    near = (
        number
        for shift, number in shifts.items()
        if all(abs(a - b) < NEAR for a, b in zip(shift, moved, strict=True))
    )
    return next(near, None)
