"""The scores of every case: moved.json.

A list of objects, one for each pair of onset_shift and apex_shift: how much later the onset is, and
how much the apex is moved, whichever way. Of the apex, which is moved both ways, the figures are
means over the two; each way has its own under "earlier" and "later".
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from mol_jax.moved.predict import Moved
from mol_jax.scoring import mark
from mol_jax.scoring.confusion import by_subject
from mol_jax.scoring.intervals import paired_test, score_intervals, seed_mean
from mol_jax.scoring.predictions import Prediction, Predictions
from mol_jax.scoring.summary import of_trial

SCORES = ("uf1", "uar", "acc")
Rows = Sequence[Prediction]


def entries(table: Predictions, results: Sequence[Moved]) -> list[dict[str, Any]]:
    """Returns moved.json of a table that holds each case as a trial.

    Scores and intervals are fractions. "against_unmoved": `paired_test` of UF1, None where nothing
    is moved. "per_dataset": the same of each dataset's clips, where there are several. "stayed",
    "short": clips that did not move, and that moved too little. "share": how far clips moved on
    average, as a share of their way from onset to apex. "same": clips of which the network saw what
    it sees unmoved.
    """
    rows = [of_trial(table.rows, one.case.number) for one in results]
    datasets = sorted({row.dataset for row in rows[0]})

    def scores(*numbers: int) -> dict[str, Any]:
        """Scores some cases as seeds are: the mean over them, and a person is drawn with all."""
        found = case_scores(table.classes, [rows[number] for number in numbers], rows[0])
        if len(datasets) < 2:
            return found
        cases = [rows[k] for k in numbers]
        parts = {
            name: case_scores(table.classes, *_of_dataset(name, cases, rows[0]))
            for name in datasets
        }
        return found | {"per_dataset": parts}

    sizes = sizes_of(rows[0])
    unmoved = scores(0)
    for part in (unmoved, *unmoved.get("per_dataset", {}).values()):
        part["against_unmoved"] = None
    found = [_places(0.0, 0.0) | unmoved | sizes]
    numbers = {(one.case.onset, one.case.apex): one.case.number for one in results[1:]}
    for (onset, apex), number in numbers.items():
        if onset:
            found.append(_places(onset, 0.0) | scores(number) | _moves(results[number]) | sizes)
        elif apex > 0:
            ways = {"earlier": numbers[0.0, -apex], "later": number}
            each = {way: scores(k) | _moves(results[k]) for way, k in ways.items()}
            found.append(_places(0.0, apex) | scores(*ways.values()) | sizes | each)
    return found


def _places(onset: float, apex: float) -> dict[str, float]:
    return {"onset_shift": onset, "apex_shift": apex}


def _of_dataset(
    name: str, cases: Sequence[Rows], unmoved: Rows
) -> tuple[list[list[Prediction]], list[Prediction]]:
    """Returns the rows of one dataset alone."""
    every = [[row for row in rows if row.dataset == name] for rows in (*cases, unmoved)]
    return every[:-1], every[-1]


def case_scores(classes: Sequence[str], cases: Sequence[Rows], unmoved: Rows) -> dict[str, Any]:
    """Returns the scores of some cases' rows, and how far they are from those unmoved."""
    counts = np.concatenate([by_subject(rows, classes) for rows in cases])  # [cases × seeds, ...]
    before = np.concatenate([by_subject(unmoved, classes)] * len(cases))
    means, bounds = seed_mean(counts.sum(1)), score_intervals(counts)
    return {
        **{name: float(means[name]) for name in SCORES},
        "ci95": {name: bounds[name] for name in SCORES},
        "against_unmoved": paired_test(counts, before),
    }


def sizes_of(rows: Rows) -> dict[str, int]:
    """Counts the clips, subjects and seeds of a case."""
    return {
        "n_clips": len({row.video for row in rows}),
        "n_subjects": len({row.who for row in rows}),
        "n_seeds": len({row.seed for row in rows}),
        **mark.counted(rows),
    }


def _moves(result: Moved) -> dict[str, Any]:
    """Says how many of the tested clips moved as far as they were to."""
    videos = {(row.dataset, row.subject, row.clip) for row in result.rows}
    shown = [result.shown[video] for video in videos]
    return {
        "stayed": sum(one.stayed for one in shown),
        "short": sum(one.short for one in shown),
        "share": sum(one.share for one in shown) / len(shown),
        "same": len(videos & result.same),
    }
