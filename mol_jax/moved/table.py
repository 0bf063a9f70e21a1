"""moved.csv: one prediction per video and case, as predictions.csv with the case as trial.

So `python -m mol_jax.score RUN/moved.csv --trial=1 --compare RUN/moved.csv --compare-trial=0`
scores a case, and compares it with what is predicted unmoved.
"""

from collections.abc import Sequence
from pathlib import Path

from mol_jax.files.cells import write_cells
from mol_jax.moved.predict import Moved, Video
from mol_jax.scoring import mark
from mol_jax.scoring.predictions import PREDICTIONS_HEADER, Prediction

SHOWN = ("onset_shift", "apex_shift", "onset_frame", "apex_frame")


def write(path: Path, classes: Sequence[str], results: Sequence[Moved]) -> None:
    """Writes the table: the columns of predictions.csv, shares moved and the frames' numbers."""
    every = [row for result in results for row in result.rows]
    header = (*PREDICTIONS_HEADER, *(f"p_{name}" for name in classes), *SHOWN, *mark.header(every))
    lines = [
        (*(getattr(row, name) for name in PREDICTIONS_HEADER), *row.probs, *shown)
        for result in results
        for row, shown in ((row, _shown(result, results[-1], row)) for row in result.rows)
    ]
    marked = mark.cells(every)
    write_cells(path, header, [(*line, *more) for line, more in zip(lines, marked, strict=True)])


def _shown(result: Moved, moved: Moved, row: Prediction) -> tuple[float, float, int, int]:
    """Returns the cells of `SHOWN`; moved: any case in which something is moved."""
    video: Video = (row.dataset, row.subject, row.clip)
    case = result.case
    frames = result.shown[video][:2] if case.number else moved.shown[video].before
    return case.onset, case.apex, *frames
