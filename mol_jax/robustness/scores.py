"""The scores of every case, robustness.json, and their predictions, robustness.csv."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mol_jax.moved.scores import case_scores, sizes_of
from mol_jax.robustness.predict import Disturbed
from mol_jax.scoring.predictions import Predictions, write_predictions
from mol_jax.scoring.summary import of_trial

CASE = ("disturbed", "level")  # columns: the family, and the level, of the line's case


def entries(table: Predictions, results: Sequence[Disturbed]) -> list[dict[str, Any]]:
    """Returns robustness.json of a table that holds each case as a trial.

    Scores and intervals are fractions. "against_unmoved": the paired test of UF1 against the clips
    as they were built, None of these. "same": of how many clips the network saw what it sees then.
    """
    built = of_trial(table.rows, 0)
    sizes = sizes_of(built)
    found = []
    for one in results:
        rows = of_trial(table.rows, one.case.number)
        scores = case_scores(table.classes, [rows], built)
        if not one.case.number:
            scores["against_unmoved"] = None
        videos = {(row.dataset, row.subject, row.clip) for row in one.rows}
        about = {"family": one.case.family, "level": one.case.level, "words": one.case.words}
        found.append({**about, **scores, **sizes, "same": len(videos & one.same)})
    return found


def write(path: Path, classes: Sequence[str], results: Sequence[Disturbed]) -> None:
    """Writes the columns of predictions.csv, the case as trial, and what was done to the clips."""
    cells = [
        (result.case.family or "nothing", result.case.level)
        for result in results
        for _ in result.rows
    ]
    every = [row for result in results for row in result.rows]
    write_predictions(path, classes, every, columns=CASE, cells=cells)
