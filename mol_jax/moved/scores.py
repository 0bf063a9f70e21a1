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
from mol_jax.scoring.confusion import Counts, by_subject
from mol_jax.scoring.intervals import paired_test, score_intervals, seed_mean
from mol_jax.scoring.predictions import Prediction, Predictions
from mol_jax.scoring.summary import of_trial

SCORES = ("uf1", "uar", "acc")


def entries(table: Predictions, results: Sequence[Moved]) -> list[dict[str, Any]]:
    """Returns moved.json of a table that holds each case as a trial.

    Scores and intervals are fractions. "against_unmoved": `paired_test` of UF1, None where nothing
    is moved. "stayed", "short": clips that did not move, and that moved too little. "share": how
    far clips moved on average, as a share of their way from onset to apex. "same": clips of which
    the network saw what it sees unmoved.
    """
    rows = {one.case.number: of_trial(table.rows, one.case.number) for one in results}
    counts = {number: by_subject(of, table.classes) for number, of in rows.items()}
    first = counts[0]
    found = [_places(0.0, 0.0) | _scores(first, None) | _sizes(rows[0], first)]
    of_case = {
        one.case.number: _scores(counts[one.case.number], first) | _moves(one)
        for one in results[1:]
    }
    by = {(one.case.onset, one.case.apex): one.case.number for one in results[1:]}
    for (onset, apex), number in by.items():
        if onset:
            found.append(_places(onset, 0.0) | of_case[number] | _sizes(rows[number], first))
        elif apex > 0:
            earlier = by[0.0, -apex]
            # As seeds are: a score is the mean over both, and a person is drawn with both.
            both = np.concatenate([counts[earlier], counts[number]])
            mean = _scores(both, np.concatenate([first, first]))
            ways = {"earlier": of_case[earlier], "later": of_case[number]}
            found.append(_places(0.0, apex) | mean | _sizes(rows[number], first) | ways)
    return found


def _places(onset: float, apex: float) -> dict[str, float]:
    return {"onset_shift": onset, "apex_shift": apex}


def _scores(counts: Counts, unmoved: Counts | None) -> dict[str, Any]:
    """Returns the scores of counts [K, P, n, n], and their difference to those of as many."""
    means, bounds = seed_mean(counts.sum(1)), score_intervals(counts)
    return {
        **{name: float(means[name]) for name in SCORES},
        "ci95": {name: bounds[name] for name in SCORES},
        "against_unmoved": None if unmoved is None else paired_test(counts, unmoved),
    }


def _sizes(rows: Sequence[Prediction], counts: Counts) -> dict[str, int]:
    return {
        "n_clips": len({row.video for row in rows}),
        "n_subjects": counts.shape[1],
        "n_seeds": counts.shape[0],
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
