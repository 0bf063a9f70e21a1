"""Confusion counts and the scores made of them: counts first, one division last.

A confusion matrix is an integer array [n, n], rows true, columns predicted. Folds are pooled by
adding their matrices before anything is divided.

Absent classes: a class that is neither true nor predicted anywhere in the counts is left out of the
means. A class that is predicted but never true, or true but never predicted, counts as zero. That
is scikit-learn's f1_score and recall_score with average='macro' and zero_division=0.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mol_jax.protocol.people import Person
from mol_jax.scoring.predictions import Prediction

SCORES = ("acc", "wf1", "uf1", "uar")

Counts = NDArray[np.int64]


def confusion(true: ArrayLike, pred: ArrayLike, n: int) -> Counts:
    """Counts pairs of class indices: [n, n], rows true, columns predicted."""
    counts = np.zeros((n, n), np.int64)
    np.add.at(counts, (np.asarray(true, np.int64), np.asarray(pred, np.int64)), 1)
    return counts


def by_subject(rows: Sequence[Prediction], classes: Sequence[str]) -> Counts:
    """Counts the rows of one trial per seed and person: [K, P, n, n].

    Seeds and persons are sorted, as `persons` returns them. Where a fold failed in one seed only,
    that seed has no count for the fold's persons.
    """
    assert len({row.trial for row in rows}) <= 1, "trials are never pooled"
    seed = numbered(row.seed for row in rows)
    person = {name: i for i, name in enumerate(persons(rows))}
    index = {name: i for i, name in enumerate(classes)}
    counts = np.zeros((len(seed), len(person), len(classes), len(classes)), np.int64)
    for row in rows:
        counts[seed[row.seed], person[row.who], index[row.true], index[row.pred]] += 1
    return counts


def persons(rows: Iterable[Prediction]) -> list[Person]:
    """Returns the people of some rows, sorted: one who is in two datasets once."""
    return sorted({row.who for row in rows})


def per_class(counts: ArrayLike) -> dict[str, NDArray[np.float64]]:
    """Returns clips, precision, recall and F1 = 2TP/(2TP+FP+FN) of each class, 0/0 being 0.

    `counts` [..., n, n] may carry leading axes; so do the results, [..., n].
    """
    counts = np.asarray(counts, np.float64)
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    true, pred = counts.sum(-1), counts.sum(-2)
    return {
        "clips": true,
        "precision": _ratio(hits, pred, 0.0),
        "recall": _ratio(hits, true, 0.0),
        "f1": _ratio(2 * hits, true + pred, 0.0),
    }


def occurring(counts: ArrayLike) -> NDArray[np.int64]:
    """Returns how many classes are true or predicted anywhere in counts [..., n, n]: [...]."""
    counts = np.asarray(counts)
    return (counts.sum(-1) + counts.sum(-2) > 0).sum(-1)


def scores(counts: ArrayLike, *, classes: ArrayLike | None = None) -> dict[str, Any]:
    """Returns acc, wf1, uf1 and uar of counts [..., n, n]: fractions [...], nan without a clip.

    UF1 and UAR are the means of F1 and recall over the classes that occur, whose number `classes`
    [...] may be given: a resample that lacks a class is a mean over as many as the whole. WF1 is
    the mean of F1 weighted by the clips of each class.
    """
    counts = np.asarray(counts, np.float64)
    each = per_class(counts)
    clips = each["clips"].sum(-1)
    classes = occurring(counts) if classes is None else np.where(clips > 0, classes, 0)
    found = {
        "acc": _ratio(np.trace(counts, axis1=-2, axis2=-1), clips, np.nan),
        "wf1": _ratio((each["f1"] * each["clips"]).sum(-1), clips, np.nan),
        "uf1": _ratio(each["f1"].sum(-1), classes, np.nan),
        "uar": _ratio(each["recall"].sum(-1), classes, np.nan),
    }
    return found if counts.ndim > 2 else {name: float(value) for name, value in found.items()}


def numbered(keys: Iterable[Any]) -> dict[Any, int]:
    """Numbers the distinct keys in sorted order."""
    return {key: i for i, key in enumerate(sorted(set(keys)))}


def _ratio(top: ArrayLike, bottom: ArrayLike, empty: float) -> NDArray[np.float64]:
    """Divides, `empty` being the answer to x/0."""
    top, bottom = np.broadcast_arrays(np.asarray(top, np.float64), np.asarray(bottom, np.float64))
    return np.divide(top, bottom, out=np.full(top.shape, empty), where=bottom > 0)
