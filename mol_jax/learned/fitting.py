"""A logistic regression on windows, and how well it does on people whom it was not taught."""

from typing import Any, NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from mol_jax.errors import UserError
from mol_jax.learned.watched import Taught
from mol_jax.scoring.intervals import draw_persons, interval

STRENGTHS = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)  # C, the inverse of the penalty
FOLDS = 8  # people are left out in so many groups at most
INNER = 4
FEWEST = 3  # people
AUC_DRAWS = 500  # a thousandth of a second each


class Fitted(NamedTuple):
    """What is learned of all windows, and its figures with people left out."""

    mean: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    bias: float
    threshold: float
    figures: dict[str, Any]


def fit(taught: Taught) -> Fitted:
    """Fits all windows; threshold and figures are of probabilities of people left out.

    Raises UserError for too few people, or too few of them with an expression.
    """
    showing = len(set(taught.people[taught.true].tolist()))
    if showing < FEWEST:
        raise UserError(
            f"{showing} of {len(set(taught.people.tolist()))} people show a micro-expression: "
            f"expected {FEWEST} at least, so that some can be left out"
        )
    chances = left_out(taught)
    threshold = best(chances, taught.true)
    chosen = _fitted(taught.values, taught.true, taught.people)
    scaler, regression = chosen.named_steps.values()
    return Fitted(
        scaler.mean_,
        scaler.scale_,
        regression.coef_[0],
        float(regression.intercept_[0]),
        threshold,
        {"C": float(regression.C), **figures(chances, taught)},
    )


def left_out(taught: Taught) -> np.ndarray:
    """Returns of each window the probability [W] by what was fitted to other people alone."""
    chances = np.zeros(len(taught.true))
    people = len(set(taught.people.tolist()))
    groups = GroupKFold(min(FOLDS, people)).split(taught.values, groups=taught.people)
    for train, test in groups:
        if not taught.true[train].any():
            raise UserError(
                "all micro-expressions are of people who are left out together: expected more "
                "people who show one"
            )
        fitted = _fitted(taught.values[train], taught.true[train], taught.people[train])
        chances[test] = fitted.predict_proba(taught.values[test])[:, 1]
    return chances


def _fitted(values: np.ndarray, true: np.ndarray, people: np.ndarray) -> Pipeline:
    """Fits with the C that does best on inner people."""
    made = make_pipeline(
        StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=2000)
    )
    inner = GroupKFold(min(INNER, len(set(people.tolist())))).split(values, groups=people)
    kept = [(a, b) for a, b in inner if true[a].sum() > 0 and 0 < true[b].sum() < len(b)]
    grid = {"logisticregression__C": STRENGTHS}
    search = GridSearchCV(made, grid, scoring="roc_auc", cv=kept)
    return search.fit(values, true).best_estimator_


def best(chances: np.ndarray, true: np.ndarray) -> float:
    """Returns the threshold of the largest F1 of windows."""
    order = np.argsort(-chances, kind="stable")
    hits = np.cumsum(true[order])
    f1 = 2 * hits / (np.arange(1, len(true) + 1) + true.sum())
    # Of equal probabilities all are above it or none.
    last = np.append(np.diff(chances[order]) != 0, True)
    return float(chances[order][np.argmax(np.where(last, f1, -1))])


def figures(chances: np.ndarray, taught: Taught) -> dict[str, Any]:
    """Returns AUC and F1 of windows, with 95 % intervals over people.

    For F1 each person's threshold is the best one of all others.
    """
    names = sorted(set(taught.people.tolist()))
    draws = draw_persons(len(names))
    whose = np.searchsorted(names, taught.people)
    counts = np.zeros((len(names), 3), int)  # hits, said, true
    for at in range(len(names)):
        own = whose == at
        said = chances[own] >= best(chances[~own], taught.true[~own])
        counts[at] = (said & taught.true[own]).sum(), said.sum(), taught.true[own].sum()
    many = (draws @ counts).astype(float)
    with np.errstate(invalid="ignore"):
        f1 = 2 * many[:, 0] / (many[:, 1] + many[:, 2])
    hits, said, true = counts.sum(0)
    return {
        "auc": float(roc_auc_score(taught.true, chances)),
        "auc_ci95": interval([_auc(chances, taught.true, d[whose]) for d in draws[:AUC_DRAWS]]),
        "f1": float(2 * hits / (said + true)),
        "f1_ci95": interval(f1),
        "f1_if_always": float(2 * true / (len(chances) + true)),
    }


def _auc(chances: np.ndarray, true: np.ndarray, weights: np.ndarray) -> float:
    """Returns the AUC of windows taken so often; nan where a draw has one kind alone."""
    taken = weights > 0
    if true[taken].all() or not true[taken].any():
        return float("nan")
    return float(roc_auc_score(true[taken], chances[taken], sample_weight=weights[taken]))
