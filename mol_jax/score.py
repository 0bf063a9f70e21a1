"""Scores a table of predictions, ours or anybody's, without JAX.

    python -m mol_jax.score runs/casme2/predictions.csv
    python -m mol_jax.score mine.csv --compare theirs.csv --format=json

The table needs the columns subject, true and pred; dataset, clip, fold, trial, seed and p_<class>
are used where they are there (see `mol_jax.rows.read_predictions`).
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from mol_jax import metrics
from mol_jax.confusion import SCORES, by_subject, per_class
from mol_jax.errors import UserError
from mol_jax.resampling import PERMUTATIONS, paired_test
from mol_jax.rows import Prediction, Predictions, read_predictions
from mol_jax.tables import count, latex, markdown, percent, span, with_span

TITLES = {"acc": "Acc", "wf1": "WF1", "uf1": "UF1", "uar": "UAR"}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command. Returns 0, or 2 after one sentence about bad input."""
    flags = _parser().parse_args(argv)
    try:
        print(render(flags.file, compare=flags.compare, form=flags.format))
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def render(path: str, *, compare: str | None = None, form: str = "md") -> str:
    """Returns the scores of a file as md, json or latex text."""
    predictions = read_scored(path)
    result = metrics.summary(predictions)
    test = compare_files(predictions, read_scored(compare), compare) if compare else None
    if form == "json":
        found = {"file": path, **result, **details(predictions)}
        return json.dumps(found | ({"compare": test} if test else {}), indent=2, allow_nan=False)
    if form == "latex":
        return latex(*run_table(path, result))
    parts = [
        f"# {path}",
        about(predictions, result),
        markdown(*score_table("predictions", result)),
        SCORE_NOTE,
        *([_comparison(test)] if test else []),
        "## Per class",
        markdown(*class_table(predictions)),
        "## Confusion matrix",
        markdown(*confusion_table(predictions)),
    ]
    if len(result["per_dataset"]) > 1:
        parts += ["## Per dataset", markdown(*dataset_table(result))]
    if len(result["per_trial"]) > 1 or len(result["per_trial"][0]["per_seed"]) > 1:
        parts += ["## Trials and seeds", markdown(*trial_table(result))]
    return "\n\n".join(parts)


SCORE_NOTE = (
    "All folds are pooled before a score is taken. The interval is a bootstrap over subjects. "
    "Majority says the most frequent class of the other folds' clips; random draws from the "
    "frequencies of the classes, and 95 % of such guesses land in the last column's range."
)


def read_scored(path: str) -> Predictions:
    """Reads predictions and refuses a table without any."""
    predictions = read_predictions(path)
    if not predictions.rows:
        raise UserError(f"{path} has a header but no prediction: expected one line per video")
    return predictions


def about(predictions: Predictions, result: dict[str, Any]) -> str:
    """Says in one line what was scored."""
    rows = metrics.first_trial(predictions.rows)
    seeds, folds = len({row.seed for row in rows}), len({row.fold for row in rows})
    text = (
        f"{result['n_clips']} clips of {result['n_subjects']} subjects, "
        f"{len(predictions.classes)} classes, {folds} folds, {seeds} seed{'s' * (seeds > 1)}."
    )
    return text + (" Scores are means over the seeds." if seeds > 1 else "")


def score_table(name: str, result: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Returns header and rows: each score with its interval, and the baselines beside it."""
    majority, random = (result["baselines"][key] for key in ("majority", "random"))
    rows = [
        [
            title,
            percent(result["pooled"][key]),
            span(result["ci95"][key]),
            percent(majority[key]),
            percent(random[key]),
            span(random["ci95"][key]),
        ]
        for key, title in TITLES.items()
    ]
    return ["%", name, "95 % interval", "majority", "random", "95 % of guesses"], rows


def run_table(name: str, result: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Returns header and rows as papers print them: a line per predictor."""
    baselines, none = result["baselines"], dict.fromkeys(SCORES)
    lines = (
        (name, result["pooled"], result["ci95"]),
        ("majority", baselines["majority"], none),
        ("random", baselines["random"], none),
    )
    rows = [
        [label, str(result["n_clips"]), *(with_span(of[key], bounds[key]) for key in SCORES)]
        for label, of, bounds in lines
    ]
    return ["", "clips", *TITLES.values()], rows


def class_table(predictions: Predictions) -> tuple[list[str], list[list[str]]]:
    """Returns clips, precision, recall and F1 of each class, mean over seeds."""
    each = {name: value.mean(0) for name, value in per_class(_pooled(predictions)).items()}
    rows = [
        [name, count(each["clips"][i]), *(percent(each[key][i]) for key in list(each)[1:])]
        for i, name in enumerate(predictions.classes)
    ]
    return ["class", "clips", "precision", "recall", "F1"], rows


def mean_confusion(predictions: Predictions) -> Any:
    """Returns the pooled confusion counts of the first trial [n, n], mean over its seeds."""
    return _pooled(predictions).mean(0)


def confusion_table(predictions: Predictions) -> tuple[list[str], list[list[str]]]:
    """Returns the confusion matrix, mean over seeds: true classes down, predicted across."""
    rows = [
        [name, *(count(value) for value in line)]
        for name, line in zip(predictions.classes, mean_confusion(predictions), strict=True)
    ]
    return ["true \\ predicted", *predictions.classes], rows


def dataset_table(result: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Returns the scores of each dataset's clips."""
    rows = [
        [name, str(part["n_clips"]), str(part["n_subjects"])]
        + [with_span(part["pooled"][key], part["ci95"][key]) for key in SCORES]
        for name, part in result["per_dataset"].items()
    ]
    return ["dataset", "clips", "subjects", *TITLES.values()], rows


def trial_table(result: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Returns each trial's mean ± sd over seeds, and each seed."""
    rows = []
    for trial in result["per_trial"]:
        spread = [
            percent(trial["mean"][key])
            + (f" ± {percent(trial['sd'][key])}" if trial["sd"][key] is not None else "")
            for key in SCORES
        ]
        rows.append([f"trial {trial['trial']}, mean ± sd", *spread])
        rows += [
            [f"trial {trial['trial']}, seed {one['seed']}", *(percent(one[key]) for key in SCORES)]
            for one in trial["per_seed"]
        ]
    return ["", *TITLES.values()], rows


def details(predictions: Predictions) -> dict[str, Any]:
    """Returns per-class figures and the confusion matrix, mean over seeds."""
    counts = _pooled(predictions)
    each = {key: value.mean(0) for key, value in per_class(counts).items()}
    return {
        "per_class": {
            name: {key: float(value[i]) for key, value in each.items()}
            for i, name in enumerate(predictions.classes)
        },
        "confusion": counts.mean(0).tolist(),
    }


def compare_files(ours: Predictions, theirs: Predictions, path: str) -> dict[str, Any]:
    """Tests the first trials of two tables against each other; see `resampling.paired_test`.

    Raises UserError unless both hold the same clips with the same labels and as many seeds.
    """
    left, right = metrics.first_trial(ours.rows), metrics.first_trial(theirs.rows)
    labels, other = _labels(left), _labels(right)
    odd = sorted(labels.items() ^ other.items())
    if odd:
        (_, subject, clip), true = odd[0]
        raise UserError(
            f"{path} holds other clips or labels ({len(odd)} differ, first clip {clip} of subject "
            f"{subject}, {true}): a paired comparison needs the same clips in both"
        )
    seeds = [len({row.seed for row in rows}) for rows in (left, right)]
    if seeds[0] != seeds[1] or len(left) != len(right):
        raise UserError(
            f"{path} has {seeds[1]} seeds and {len(right)} predictions, expected {seeds[0]} and "
            f"{len(left)} as in the first file: compare runs of as many seeds"
        )
    classes = list(dict.fromkeys((*ours.classes, *theirs.classes)))
    return {"file": path, **paired_test(by_subject(left, classes), by_subject(right, classes))}


def _comparison(test: dict[str, Any]) -> str:
    """Says what a comparison found."""
    return (
        f"Against {test['file']}: UF1 differs by {100 * test['difference']:+.2f} "
        f"{span(test['ci95'])}, p = {test['p']:.3g} (two-sided, {PERMUTATIONS} permutations of "
        "whole subjects)."
    )


def _labels(rows: Sequence[Prediction]) -> dict[tuple[str, str, str], str]:
    """Returns the true class of each clip."""
    return {(row.dataset, row.subject, row.clip): row.true for row in rows}


def _pooled(predictions: Predictions) -> Any:
    """Returns the first trial's counts per seed, [K, n, n]."""
    return by_subject(metrics.first_trial(predictions.rows), predictions.classes).sum(1)


def _parser() -> argparse.ArgumentParser:
    """Returns the command line."""
    parser = argparse.ArgumentParser(prog="python -m mol_jax.score", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("file", help="predictions as CSV: at least subject, true, pred")
    parser.add_argument("--compare", metavar="CSV", help="another table of the same clips")
    parser.add_argument("--format", choices=("md", "json", "latex"), default="md")
    return parser


if __name__ == "__main__":
    sys.exit(main())
