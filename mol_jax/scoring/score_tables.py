"""The tables of one trial's scores, for the score command and the report. Needs no JAX.

`result` is the content of metrics.json, `predictions` are those of one trial.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from mol_jax.scoring import mark
from mol_jax.scoring.confusion import SCORES, Counts, by_subject, occurring, per_class
from mol_jax.scoring.fold_means import RULES
from mol_jax.scoring.predictions import Predictions
from mol_jax.scoring.svm import reached
from mol_jax.scoring.svm.words import NOTE as FLOOR_NOTE
from mol_jax.scoring.trial_tables import BEST, TITLES, Table
from mol_jax.text.tables import count, percent, span, with_span

SCORE_NOTE = (
    "All folds are pooled before a score is taken. The interval is a bootstrap over subjects. "
    f"{FLOOR_NOTE} "
    "Majority says the most frequent class of the other folds' clips, or with one fold that of the "
    "tested clips themselves; random draws from the frequencies of the classes, and 95 % of such "
    "guesses land in the last column's range. Means over classes leave out a class that is neither "
    "true nor predicted anywhere; one that is only one of the two counts 0. WAR, recall weighted "
    "by the clips of each class, is Acc."
)

_NONE: dict[str, Any] = dict.fromkeys(SCORES)  # of what is not known


def score_table(name: str, result: Mapping[str, Any]) -> Table:
    """Returns header and rows: each score with its interval, and the baselines beside it."""
    majority, random = (result["baselines"][key] for key in ("majority", "random"))
    svm = result["baselines"][reached.KEY] or {**_NONE, "ci95": _NONE}
    rows = [
        [
            title,
            percent(result["pooled"][key]),
            span(result["ci95"][key]),
            with_span(svm[key], svm["ci95"][key]),
            percent(majority[key]),
            percent(random[key]),
            span(random["ci95"][key]),
        ]
        for key, title in TITLES.items()
    ]
    header = ["%", name, "95 % interval", reached.NAME, "majority", "random", "95 % of guesses"]
    return header, rows


def floor_table(result: Mapping[str, Any]) -> Table:
    """Returns `score_table` where the predictions are the SVM's own."""
    header, rows = score_table(mark.named(reached.NAME, result), result)
    return [*header[:3], *header[4:]], [[*row[:3], *row[4:]] for row in rows]


def run_table(name: str, result: Mapping[str, Any], keys: Sequence[str] = SCORES) -> Table:
    """Returns header and rows as papers print them: a line per trial and baseline.

    keys: the scores to show.
    """
    baselines = result["baselines"]
    trials, best = result["per_trial"], result["choice"] and result["choice"]["best"]
    lines = [(name, trials[0]["n_clips"], trials[0]["mean"], trials[0]["ci95"])]
    if len(trials) > 1:
        lines = [
            (
                f"{name}, trial {one['trial']}" + f" {BEST}" * (one["trial"] == best),
                one["n_clips"],
                one["mean"],
                one["ci95"],
            )
            for one in trials
        ]
    svm = baselines[reached.KEY] or {**_NONE, "ci95": _NONE}
    lines.append((reached.NAME, result["n_clips"], svm, svm["ci95"]))
    lines += [(key, result["n_clips"], baselines[key], _NONE) for key in ("majority", "random")]
    rows = [
        [label, str(clips), *(with_span(of[key], bounds[key]) for key in keys)]
        for label, clips, of, bounds in lines
    ]
    return ["%", "clips", *(TITLES[key] for key in keys)], rows


def class_table(predictions: Predictions) -> Table:
    """Returns clips, precision, recall and F1 of each class and their means, over seeds.

    The last line has the mean precision, UAR and UF1, for papers that take one for another.
    """
    counts = pooled_counts(predictions)
    found = per_class(counts)
    each = {name: value.mean(0) for name, value in found.items()}
    rows = [
        [name, count(each["clips"][i]), *(percent(each[key][i]) for key in list(each)[1:])]
        for i, name in enumerate(predictions.classes)
    ]
    means = [(found[key].sum(-1) / occurring(counts)).mean() for key in list(each)[1:]]
    rows.append(["mean of classes", count(each["clips"].sum()), *map(percent, means)])
    return ["class", "clips", "precision", "recall", "F1"], rows


def mean_confusion(predictions: Predictions) -> Counts:
    """Returns the pooled confusion counts of one trial [n, n], mean over its seeds."""
    return pooled_counts(predictions).mean(0)


def confusion_table(predictions: Predictions) -> Table:
    """Returns the confusion matrix, mean over seeds: true classes down, predicted across."""
    rows = [
        [name, *(count(value) for value in line)]
        for name, line in zip(predictions.classes, mean_confusion(predictions), strict=True)
    ]
    return ["true \\ predicted", *predictions.classes], rows


def dataset_table(result: Mapping[str, Any]) -> Table:
    """Returns the scores of each dataset's clips, and the SVM's on the same where it is known."""
    rows = []
    for dataset, part in result["per_dataset"].items():
        name = mark.named(dataset, part)
        sizes, svm = [str(part["n_clips"]), str(part["n_subjects"])], part[reached.KEY]
        cells = [with_span(part["pooled"][key], part["ci95"][key]) for key in SCORES]
        rows.append([name, *sizes, *cells])
        if svm:
            cells = [with_span(svm[key], svm["ci95"][key]) for key in SCORES]
            rows.append([f"{name}, {reached.NAME}", *sizes, *cells])
    return ["dataset", "clips", "subjects", *TITLES.values()], rows


def fold_table(means: Mapping[str, Any], keys: Sequence[str] = SCORES) -> Table:
    """Returns the non-standard means over folds, a line per rule about classes a fold lacks."""
    rows = [
        [RULES[rule], *(percent(found[key]) for key in keys)]
        for rule, found in means["rules"].items()
    ]
    name = mark.named(f"mean over {means['folds']} folds, %", means)
    return [name, *(TITLES[key] for key in keys)], rows


def pooled_counts(predictions: Predictions) -> Counts:
    """Returns the counts of one trial per seed, [K, n, n]."""
    return by_subject(predictions.rows, predictions.classes).sum(1)
