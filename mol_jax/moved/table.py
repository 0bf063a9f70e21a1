"""moved.csv: one prediction per video and case, as predictions.csv with the case as trial.

So `python -m mol_jax.score RUN/moved.csv --trial=1 --compare RUN/moved.csv --compare-trial=0`
scores a case, and compares it with what is predicted unmoved.
"""

from collections.abc import Sequence
from pathlib import Path

from mol_jax.moved.predict import Moved, Video
from mol_jax.scoring.predictions import Prediction, write_predictions

SHOWN = ("onset_shift", "apex_shift", "onset_frame", "apex_frame")


def write(path: Path, classes: Sequence[str], results: Sequence[Moved]) -> None:
    """Writes the table: the columns of predictions.csv, shares moved and the frames' numbers."""
    every = [row for result in results for row in result.rows]
    cells = [_shown(result, results[-1], row) for result in results for row in result.rows]
    write_predictions(path, classes, every, columns=SHOWN, cells=cells)


def _shown(result: Moved, moved: Moved, row: Prediction) -> tuple[float, float, int, int]:
    """Returns the cells of `SHOWN`; moved: any case in which something is moved."""
    video: Video = (row.dataset, row.subject, row.clip)
    case = result.case
    frames = result.shown[video][:2] if case.number else moved.shown[video].before
    return case.onset, case.apex, *frames
