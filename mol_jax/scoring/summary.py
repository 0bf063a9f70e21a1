"""The content of metrics.json, made of the rows of a run and nothing else.

Pooling never crosses trials or seeds. The figures at the top are those of the first trial, even
where it has none: no other trial ever stands in for it. With several seeds every figure is the mean
over them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from mol_jax.protocol.people import Person, person_of
from mol_jax.scoring import baselines, mark
from mol_jax.scoring.best_trial import choice
from mol_jax.scoring.confusion import SCORES, Counts, by_subject, numbered, scores
from mol_jax.scoring.dense_csv import DenseRow
from mol_jax.scoring.history_csv import HistoryRow
from mol_jax.scoring.intervals import score_intervals, seed_mean
from mol_jax.scoring.measure import TASKS, Measure
from mol_jax.scoring.predictions import Prediction, Predictions
from mol_jax.scoring.svm import reached
from mol_jax.scoring.svm.reached import UNKNOWN, Floor

Floats = NDArray[np.float64]
_SPREAD = ("mean", "sd", "ci95", "per_seed")  # what a trial has only where it was scored
Row = TypeVar("Row", Prediction, DenseRow, HistoryRow)


def summary(
    predictions: Predictions,
    dense: Sequence[DenseRow] = (),
    *,
    measures: Sequence[Measure] = (),
    protocol: str | None = None,
    failed_folds: Iterable[Mapping[str, Any]] = (),
    missing_folds: Iterable[Mapping[str, Any]] = (),
    runtime: Mapping[str, Any] | None = None,
    trial: int | None = None,
    floor: Floor = UNKNOWN,
) -> dict[str, Any]:
    """Returns the dictionary that is written as metrics.json.

    Scores are fractions; what `measures` tell of `dense` is in their units, shares in percent: an
    entry for each of their tasks, and always "flow" and "landmarks". An entry is None where its
    task is off, which is where the rows say nothing about it. `failed_folds` lists the
    folds that diverged and `missing_folds` those that were not trained yet, as {"fold", "trial",
    "seed"}; neither has rows: `n_clips` and `n_subjects` count what was scored. `runtime` is passed
    through. `trial` is the one whose figures stand at the top, None for the first; `per_trial`
    lists all, and `choice` is that of `selection.choice`. `floor` is what the SVM says of the
    clips: its scores are among the baselines, and how far the trial is from it under "floor". Of
    generated clips there is "generated_clips" too, their number.
    """
    failed = [dict(fold) for fold in failed_folds]
    missing = [dict(fold) for fold in missing_folds]
    trials = {row.trial for row in predictions.rows} | {row.trial for row in dense}
    trials |= {fold["trial"] for fold in (*failed, *missing)}
    first = min(trials, default=0)
    top = first if trial is None else trial
    rows, videos = of_trial(predictions.rows, top), of_trial(dense, top)
    counts = by_subject(rows, predictions.classes) if rows else None
    floor = reached.in_same_folds(rows, floor)
    return {
        "protocol": protocol,
        "n_clips": _n_clips(rows, videos),
        "n_subjects": len({row.who for row in rows} or {_who(row) for row in videos}),
        **mark.counted(rows or videos),
        "classes": list(predictions.classes),
        "pooled": _pooled(counts) if counts is not None else None,
        "ci95": score_intervals(counts) if counts is not None else None,
        "baselines": _baselines(rows, predictions.classes, floor) if rows else None,
        "floor": reached.against(rows, predictions.classes, floor) if rows else None,
        "per_dataset": _per_dataset(rows, predictions.classes, floor) if rows else None,
        "per_trial": [_trial(number, predictions, dense, measures) for number in sorted(trials)],
        "choice": choice(predictions, first=first),
        **_tasks(videos, measures),
        "failed_folds": failed,
        "missing_folds": missing,
        "runtime": dict(runtime) if runtime is not None else None,
    }


def of_trial(rows: Iterable[Row], trial: int) -> list[Row]:
    """Returns the rows of one trial."""
    return [row for row in rows if row.trial == trial]


def dense_sums(rows: Sequence[DenseRow], measure: Measure) -> tuple[Floats, Floats]:
    """Sums a measure of one trial per seed and person: the total and what to divide it by, [K, P].

    A measure is a mean over a video's pairs or frames and is multiplied by them again; a share is a
    count already. Videos without a value are passed over.
    """
    rows = [row for row in rows if row.values.get(measure.name) is not None]
    seed = numbered(row.seed for row in rows)
    person = numbered(map(_who, rows))
    total = np.zeros((len(seed), len(person)))
    count = np.zeros_like(total)
    for row in rows:
        at = seed[row.seed], person[_who(row)]
        value, times = row.values[measure.name] or 0.0, row.values[measure.over] or 0.0
        total[at] += value if measure.share else value * times
        count[at] += times
    return total, count


def _n_clips(rows: Sequence[Prediction], videos: Sequence[DenseRow]) -> int:
    """Counts the clips that were scored, each once, whatever the number of seeds."""
    return len({row.video for row in rows} or {(v.dataset, v.subject, v.clip) for v in videos})


def _who(row: DenseRow) -> Person:
    return person_of(row.dataset, row.subject)


def _pooled(counts: Counts) -> dict[str, float]:
    """Returns the scores of [K, P, n, n], persons pooled, mean over seeds."""
    return {name: float(value) for name, value in seed_mean(counts.sum(1)).items()}


def _baselines(rows: Sequence[Prediction], classes: Sequence[str], floor: Floor) -> dict[str, Any]:
    """Returns the baselines on the clips of one trial; the SVM's is None where it is not known."""
    return {
        "majority": baselines.majority(rows, classes),
        "random": baselines.random(rows, classes),
        reached.KEY: reached.reached(rows, classes, floor),
    }


def _per_dataset(
    rows: Sequence[Prediction], classes: Sequence[str], floor: Floor
) -> dict[str, Any]:
    """Returns clips, subjects, scores and intervals of each dataset of one trial, and the SVM's."""
    result = {}
    for name in sorted({row.dataset for row in rows}):
        mine = [row for row in rows if row.dataset == name]
        counts = by_subject(mine, classes)
        result[name] = {
            "n_clips": _n_clips(mine, ()),
            "n_subjects": counts.shape[1],
            **mark.counted(mine),
            "pooled": _pooled(counts),
            "ci95": score_intervals(counts),
            reached.KEY: reached.reached(mine, classes, floor),
        }
    return result


def _trial(
    number: int,
    predictions: Predictions,
    dense: Sequence[DenseRow],
    measures: Sequence[Measure],
) -> dict[str, Any]:
    """Returns the figures of one trial; None where it has no rows to tell."""
    rows, videos = of_trial(predictions.rows, number), of_trial(dense, number)
    return {
        "trial": number,
        "n_clips": _n_clips(rows, videos),
        "n_predictions": len(rows),
        **(_spread(rows, predictions.classes) if rows else dict.fromkeys(_SPREAD)),
        **_tasks(videos, measures),
    }


def _spread(rows: Sequence[Prediction], classes: Sequence[str]) -> dict[str, Any]:
    """Returns a trial's mean over seeds, their sd (n−1; None for one seed), interval, and each."""
    counts = by_subject(rows, classes)
    each = scores(counts.sum(1))
    several = len(counts) > 1
    return {
        "mean": {name: float(each[name].mean()) for name in SCORES},
        "sd": {name: float(each[name].std(ddof=1)) if several else None for name in SCORES},
        "ci95": score_intervals(counts),
        "per_seed": [
            {"seed": seed} | {name: float(each[name][k]) for name in SCORES}
            for k, seed in enumerate(sorted({row.seed for row in rows}))
        ],
    }


def _tasks(
    rows: Sequence[DenseRow], measures: Sequence[Measure]
) -> dict[str, dict[str, float | None] | None]:
    """Returns the measures of one trial by task; None for a task that the rows do not tell of."""
    found: dict[str, dict[str, float | None] | None] = {}
    for task in dict.fromkeys((*TASKS, *(one.task for one in measures))):
        means = {one.entry: _mean(rows, one) for one in measures if one.task == task}
        found[task] = means if any(value is not None for value in means.values()) else None
    return found


def _mean(rows: Sequence[DenseRow], measure: Measure) -> float | None:
    """Returns the mean over the pairs or frames of all videos, then over seeds; a share in %."""
    total, count = dense_sums(rows, measure)
    if not count.size:
        return None
    return (100 if measure.share else 1) * float((total.sum(1) / count.sum(1)).mean())
