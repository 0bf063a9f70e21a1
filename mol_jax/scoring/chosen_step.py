"""Which step of a replica is tested, and which trial of a fold: by held-in people, or leaking.

The honest step is the one with the best UF1 on the clips that were held in (`inner.hold_in`), all
pooled; of equals the one with the lower mean cross entropy, then the earlier one. The leaky step is
the one with most clips right on the held-out people themselves, which is what many papers report:
it is computed to show the difference, and nothing that is called a result comes from it.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from mol_jax.scoring.by_step import TEST, VALIDATION, Point
from mol_jax.scoring.confusion import SCORES, by_subject, confusion, numbered, scores
from mol_jax.scoring.intervals import seed_mean
from mol_jax.scoring.predictions import Prediction, Predictions
from mol_jax.scoring.summary import of_trial, summary

DIGITS = 9  # that scores are compared to: sums of floats differ in the last ones
LEAST = 1e-12  # a smaller probability costs as much as this one
Key = tuple[int, int, str]  # trial, seed, fold
Score = tuple[float, ...]  # the greater is the better


def honest(points: Sequence[Point], classes: Sequence[str]) -> tuple[int, Score] | None:
    """Returns the best step of a replica by its held-in clips, and its score; None without any.

    classes: of the data, in the order of the rows' probabilities.
    """
    return _best(points, VALIDATION, lambda rows: (_uf1(rows), -_entropy(rows, classes)))


def leaky(points: Sequence[Point], classes: Sequence[str]) -> tuple[int, Score] | None:
    """Returns the best step of a replica by its held-out clips: not to be reported as a result."""
    return _best(points, TEST, lambda rows: (_right(rows), -_entropy(rows, classes)))


def select(
    points: Mapping[Key, Sequence[Point]], predictions: Predictions
) -> tuple[dict[str, Any], list[Prediction]] | None:
    """Chooses a trial for each fold and seed by its held-in people, out of those with predictions.

    Returns what metrics.json keeps under "selected" and the chosen trials' predictions, numbered as
    one trial, 0. None where there are fewer than two trials or nobody was held in.

    Of equal trials the first is chosen.
    """
    rows: dict[Key, list[Prediction]] = {}
    for row in predictions.rows:
        rows.setdefault((row.trial, row.seed, row.fold), []).append(row)
    candidates: dict[tuple[int, str], list[tuple[Score, Key]]] = {}
    for key in sorted(rows, key=lambda key: key[0]):
        found = honest(points.get(key, ()), predictions.classes)
        if found:
            candidates.setdefault(key[1:], []).append((found[1], key))
    if len({trial for trial, *_ in rows}) < 2 or not candidates:
        return None
    chosen = [max(of, key=lambda one: one[0])[1] for of in candidates.values()]  # the first best
    kept = [_renumbered(row) for key in chosen for row in rows[key]]
    whole = summary(Predictions(predictions.classes, tuple(kept)))
    picks = [{"fold": fold, "seed": seed, "trial": trial} for trial, seed, fold in chosen]
    figures = {name: whole[name] for name in ("n_clips", "n_subjects", "pooled", "ci95")}
    return figures | {"picks": picks}, kept


def held_in(
    points: Mapping[Key, Sequence[Point]], classes: Sequence[str]
) -> list[dict[str, Any]] | None:
    """Returns what metrics.json keeps under "held_in": each trial's scores on its held-in clips.

    All folds pooled, each at the step chosen there, mean over seeds; a clip counts in every fold
    that holds it in, `n_clips` times in all. None where nobody was held in.
    """
    rows: dict[int, list[Prediction]] = {}
    for key, of in sorted(points.items()):
        best = honest(of, classes)
        if best:
            chosen = (one for one in of if (one.role, one.step) == (VALIDATION, best[0]))
            rows.setdefault(key[0], []).extend(one.row for one in chosen)
    scored = [
        {"trial": trial, "n_clips": len(of), **_pooled(of, classes)} for trial, of in rows.items()
    ]
    return scored or None


def oracle(
    points: Mapping[Key, Sequence[Point]], predictions: Predictions
) -> list[dict[str, Any]] | None:
    """Returns what metrics.json keeps under "leaky_oracle", per trial; None without test points.

    `honest` and `leaky` have the pooled scores of the replicas that have both, mean over seeds, and
    `gap` their difference.
    """
    found = {key: step for key, of in points.items() if (step := leaky(of, predictions.classes))}
    result = []
    for trial in sorted({row.trial for row in predictions.rows}):
        mine = [r for r in of_trial(predictions.rows, trial) if (trial, r.seed, r.fold) in found]
        if not mine:
            continue
        keys = {(trial, row.seed, row.fold) for row in mine}
        flattered = [
            point.row
            for key in sorted(keys)
            for point in points[key]
            if point.role == TEST and point.step == found[key][0]
        ]
        ours, theirs = (_pooled(rows, predictions.classes) for rows in (mine, flattered))
        result.append(
            {
                "trial": trial,
                "honest": ours,
                "leaky": theirs,
                "gap": {name: theirs[name] - ours[name] for name in SCORES},
            }
        )
    return result or None


def gap_words(found: Mapping[str, Any], score: str = "uf1") -> str:
    """Writes "honest 40.00 / leaky 55.00, gap 15.00" of one trial of `oracle`."""
    ours, theirs = (round(100 * found[name][score], 2) for name in ("honest", "leaky"))
    return f"honest {ours:.2f} / leaky {theirs:.2f}, gap {theirs - ours:.2f}"


def _best(
    points: Sequence[Point], role: str, score: Callable[[Sequence[Prediction]], Score]
) -> tuple[int, Score] | None:
    steps: dict[int, list[Prediction]] = {}
    for point in points:
        if point.role == role:
            steps.setdefault(point.step, []).append(point.row)
    if not steps:
        return None
    found = {step: score(steps[step]) for step in sorted(steps)}
    best = max(found, key=lambda step: found[step])  # the first of equals, as they are sorted
    return best, found[best]


def _uf1(rows: Sequence[Prediction]) -> float:
    index = numbered(name for row in rows for name in (row.true, row.pred))
    true, pred = ([index[getattr(row, side)] for row in rows] for side in ("true", "pred"))
    return round(float(scores(confusion(true, pred, len(index)))["uf1"]), DIGITS)


def _right(rows: Sequence[Prediction]) -> float:
    return float(sum(row.true == row.pred for row in rows))


def _entropy(rows: Sequence[Prediction], classes: Sequence[str]) -> float:
    """Returns the mean of −log p of the true class, the same before and after a table is read."""
    index = {name: at for at, name in enumerate(classes)}
    p = np.array([row.probs[index[row.true]] for row in rows], np.float32).astype(np.float64)
    return round(float(-np.log(np.maximum(p, LEAST)).mean()), DIGITS)


def _renumbered(row: Prediction) -> Prediction:
    return dataclasses.replace(row, trial=0)


def _pooled(rows: Sequence[Prediction], classes: Sequence[str]) -> dict[str, float]:
    found = seed_mean(by_subject(rows, classes).sum(1))
    return {name: float(found[name]) for name in SCORES}
