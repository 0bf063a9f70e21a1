"""Means of scores over folds: NOT the standard, for comparison with papers that print them.

A fold of one subject often lacks a class, and 0/0 is then whatever a paper took it for: the same
predictions give means that differ by 30 points, and a perfect predictor can stay far below 100.
The standard pools all folds first (`mol_jax.scoring.confusion`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mol_jax.scoring import mark
from mol_jax.scoring.confusion import Counts, numbered, per_class, scores
from mol_jax.scoring.predictions import Prediction

# How a class that a fold has no figure of is taken: its name and what it means.
RULES = {
    "zero": "a class that the fold lacks counts 0",
    "one": "a class that the fold lacks counts 100 %",
    "occurring": "mean over the classes that are true or predicted in the fold, as scikit-learn's",
    "true": "mean over the classes that have a clip in the fold",
}
WARNING = "NON-STANDARD: means over folds, not comparable with pooled scores"


def fold_means(rows: Sequence[Prediction], classes: Sequence[str]) -> dict[str, Any]:
    """Returns the mean scores over the folds of one trial, by each rule, mean over its seeds.

    A fold that a seed lacks is left out of that seed's means.
    """
    counts = _by_fold(rows, classes)
    found, there = scores(counts), counts.sum((-2, -1)) > 0
    both = {name: _mean(found[name], there) for name in ("acc", "wf1")}
    by_rule = {}
    for rule in RULES:
        each = {name: _mean(value, there) for name, value in _by_rule(counts, rule).items()}
        by_rule[rule] = both | each
    drawn = mark.counted(rows)
    return {"warning": WARNING, "folds": counts.shape[1], "rules": by_rule, **drawn}


def _by_fold(rows: Sequence[Prediction], classes: Sequence[str]) -> Counts:
    """Counts the rows of one trial per seed and fold: [S, F, n, n]."""
    seed, fold = numbered(row.seed for row in rows), numbered(row.fold for row in rows)
    index = {name: i for i, name in enumerate(classes)}
    counts = np.zeros((len(seed), len(fold), len(classes), len(classes)), np.int64)
    for row in rows:
        counts[seed[row.seed], fold[row.fold], index[row.true], index[row.pred]] += 1
    return counts


def _by_rule(counts: Counts, rule: str) -> Mapping[str, NDArray[np.float64]]:
    """Returns uf1 and uar of each seed and fold [S, F] by a rule."""
    each = per_class(counts)
    true, pred = counts.sum(-1) > 0, counts.sum(-2) > 0
    f1, recall = each["f1"], each["recall"]
    if rule == "one":
        return {
            "uf1": np.where(true | pred, f1, 1).mean(-1),
            "uar": np.where(true, recall, 1).mean(-1),
        }
    over = {"zero": np.ones_like(true), "occurring": true | pred, "true": true}[rule]
    number = np.maximum(over.sum(-1), 1)
    return {"uf1": (f1 * over).sum(-1) / number, "uar": (recall * over).sum(-1) / number}


def _mean(values: NDArray[np.float64], there: NDArray[np.bool_]) -> float:
    """Returns the mean over the folds that are there, then over seeds."""
    total = np.where(there, values, 0).sum(-1) / there.sum(-1)
    return float(total.mean())
