"""Scores a table of predictions, ours or anybody's, without JAX.

    python -m mol_jax.score runs/casme2/predictions.csv
    python -m mol_jax.score mine.csv --compare theirs.csv --format=json
    python -m mol_jax.score sweep.csv --trial=3 --compare sweep.csv --compare-trial=0

The table needs the columns subject, true and pred; dataset, clip, fold, trial, seed and p_<class>
are used where they are there (see `mol_jax.rows.read_predictions`).
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from mol_jax import metrics
from mol_jax.confusion import by_subject, per_class
from mol_jax.errors import UserError
from mol_jax.resampling import paired_test
from mol_jax.rows import Prediction, Predictions, read_predictions
from mol_jax.score_tables import (
    SCORE_NOTE,
    class_table,
    confusion_table,
    dataset_table,
    pooled_counts,
    run_table,
    score_table,
)
from mol_jax.selection import difference, words
from mol_jax.tables import latex, markdown, shortened
from mol_jax.trial_tables import has_seeds, seed_table, trial_table


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command. Returns 0, or 2 after one sentence about bad input."""
    try:
        flags = _parser().parse_args(argv)
        print(
            render(
                flags.file,
                trial=flags.trial,
                compare=flags.compare,
                compare_trial=flags.compare_trial,
                form=flags.format,
            )
        )
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def render(
    path: str,
    *,
    trial: int | None = None,
    compare: str | None = None,
    compare_trial: int | None = None,
    form: str = "md",
) -> str:
    """Returns the scores of a file as md, json or latex text.

    trial, compare_trial: which trial of `path` and of `compare` is shown at length and compared;
    None for the first.
    """
    every = read_scored(path)
    shown = one_trial(every, path, trial, flag="--trial")
    result = metrics.summary(every, trial=shown.rows[0].trial)
    test = _compare(every, shown, path, compare, compare_trial)
    if form == "json":
        found = {"file": path, "trial": shown.rows[0].trial, **result, **details(shown)}
        found |= {"choice_note": " ".join(words(result))} if result["choice"] else {}
        found |= {"compare": test} if test else {}
        return json.dumps(found, indent=2, allow_nan=False)
    if form == "latex":
        said = [*words(result), *([_comparison(test)] if test else [])]
        said = [f"% {sentence}" for sentence in said]
        return "\n".join((*said, latex(*run_table(path, result))))
    parts = [
        f"# {path}",
        about(shown, result),
        markdown(*score_table(_name(result, shown), result)),
        SCORE_NOTE,
        *([_comparison(test)] if test else []),
        "## Per class",
        markdown(*class_table(shown)),
        "## Confusion matrix",
        markdown(*confusion_table(shown)),
    ]
    if len(result["per_dataset"]) > 1:
        parts += ["## Per dataset", markdown(*dataset_table(result))]
    return "\n\n".join([*parts, *_trials(result)])


def _name(result: Mapping[str, Any], shown: Predictions) -> str:
    several = len(result["per_trial"]) > 1
    return f"trial {shown.rows[0].trial}" if several else "predictions"


def _trials(result: Mapping[str, Any]) -> list[str]:
    """Returns the section on trials and seeds, [] where there is one of each."""
    several = len(result["per_trial"]) > 1
    parts = [markdown(*trial_table(result)), " ".join(words(result))] if several else []
    parts += [markdown(*seed_table(result))] if has_seeds(result) else []
    return ["## Trials and seeds", *parts] if parts else []


def read_scored(path: str) -> Predictions:
    """Reads predictions and refuses a table without any."""
    predictions = read_predictions(path)
    if not predictions.rows:
        raise UserError(f"{path} has a header but no prediction: expected one line per video")
    return predictions


def one_trial(predictions: Predictions, path: str, trial: int | None, *, flag: str) -> Predictions:
    """Returns the predictions of one trial, the first if it is None; refuses one not there."""
    trials = sorted({row.trial for row in predictions.rows})
    if trial is not None and trial not in trials:
        held = shortened([str(number) for number in trials], between=", ")
        raise UserError(
            f"{flag} is {trial}, but {path} has no such trial: choose one of those it has, {held}"
        )
    rows = metrics.of_trial(predictions.rows, trials[0] if trial is None else trial)
    return Predictions(predictions.classes, tuple(rows))


def about(predictions: Predictions, result: dict[str, Any]) -> str:
    """Says in one line what was scored: `predictions` of one trial."""
    rows, trials = predictions.rows, len(result["per_trial"])
    seeds, folds = len({row.seed for row in rows}), len({row.fold for row in rows})
    text = (
        f"{result['n_clips']} clips of {result['n_subjects']} subjects, "
        f"{len(predictions.classes)} classes, {folds} folds, {seeds} seed{'s' * (seeds > 1)}."
    )
    text += " Scores are means over the seeds." if seeds > 1 else ""
    if trials == 1:
        return text
    return (
        f"{text} **These figures are of trial {rows[0].trial}**, one of {trials}: all stand at the "
        "end, and --trial shows another one."
    )


def details(predictions: Predictions) -> dict[str, Any]:
    """Returns per-class figures and the confusion matrix, mean over seeds."""
    counts = pooled_counts(predictions)
    each = {key: value.mean(0) for key, value in per_class(counts).items()}
    return {
        "per_class": {
            name: {key: float(value[i]) for key, value in each.items()}
            for i, name in enumerate(predictions.classes)
        },
        "confusion": counts.mean(0).tolist(),
    }


def _compare(
    every: Predictions, shown: Predictions, path: str, other: str | None, trial: int | None
) -> dict[str, Any] | None:
    """Reads the other table and tests one of its trials against `shown`; None without a table."""
    if other is None:
        if trial is not None:
            raise UserError(
                f"--compare-trial is {trial}, but there is nothing to compare with: name the other "
                "table with --compare"
            )
        return None
    held = read_scored(other)
    right = one_trial(held, other, trial, flag="--compare-trial")
    numbers = shown.rows[0].trial, right.rows[0].trial
    if Path(path).samefile(other) and numbers[0] == numbers[1]:
        raise UserError(
            f"trial {numbers[0]} of {path} would be compared with itself: choose two trials of the "
            "file with --trial and --compare-trial, or another file"
        )
    several = any(len({row.trial for row in table.rows}) > 1 for table in (every, held))
    named = dict(zip(("trial", "compare_trial"), numbers, strict=True)) if several else {}
    return {**named, **compare_trials(shown, right, other)}


def compare_trials(ours: Predictions, theirs: Predictions, path: str) -> dict[str, Any]:
    """Tests one trial against another, of the table `path`; see `resampling.paired_test`.

    Raises UserError unless both hold the same clips with the same labels and as many seeds.
    """
    labels, other = _labels(ours.rows), _labels(theirs.rows)
    odd = sorted(labels.items() ^ other.items())
    if odd:
        (_, subject, clip), true = odd[0]
        raise UserError(
            f"{path} holds other clips or labels ({len(odd)} differ, first clip {clip} of subject "
            f"{subject}, {true}): a paired comparison needs the same clips in both"
        )
    seeds = [len({row.seed for row in table.rows}) for table in (ours, theirs)]
    if seeds[0] != seeds[1] or len(ours.rows) != len(theirs.rows):
        raise UserError(
            f"{path} has {seeds[1]} seeds and {len(theirs.rows)} predictions, expected {seeds[0]} "
            f"and {len(ours.rows)} as in the first file: compare runs of as many seeds"
        )
    classes = list(dict.fromkeys((*ours.classes, *theirs.classes)))
    left, right = (by_subject(table.rows, classes) for table in (ours, theirs))
    return {"file": path, **paired_test(left, right)}


def _comparison(test: dict[str, Any]) -> str:
    """Says what a comparison found."""
    against = f"Against {test['file']}"
    if "trial" in test:
        against = f"Trial {test['trial']} against trial {test['compare_trial']} of {test['file']}"
    return f"{against}: UF1 differs by {difference(test)}."


def _labels(rows: Sequence[Prediction]) -> dict[tuple[str, str, str], str]:
    """Returns the true class of each clip."""
    return {(row.dataset, row.subject, row.clip): row.true for row in rows}


class _Parser(argparse.ArgumentParser):
    """Refuses a wrong flag in one sentence, as everything else is refused."""

    def error(self, message: str) -> NoReturn:
        """Raises UserError."""
        raise UserError(f"{message}; see python -m mol_jax.score --help")


def _parser() -> argparse.ArgumentParser:
    """Returns the command line."""
    parser = _Parser(prog="python -m mol_jax.score", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("file", help="predictions as CSV: at least subject, true, pred")
    parser.add_argument("--compare", metavar="CSV", help="another table of the same clips")
    parser.add_argument("--trial", type=int, metavar="N", help="the trial to show [the first]")
    parser.add_argument(
        "--compare-trial", type=int, metavar="M", help="the trial of the other table [its first]"
    )
    parser.add_argument("--format", choices=("md", "json", "latex"), default="md")
    return parser


if __name__ == "__main__":
    sys.exit(main())
