"""Two predictors on the same clips: is one better than chance would make it? Needs no JAX."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mol_jax.confusion import by_subject, persons
from mol_jax.errors import UserError
from mol_jax.resampling import paired_test
from mol_jax.rows import Prediction, Predictions
from mol_jax.scored import Scored, one_trial, read_scored
from mol_jax.selection import difference


def compare(run: Scored, other: str, trial: int | None) -> dict[str, Any]:
    """Tests the trial that `run` shows against one of the table `other`.

    trial: the other table's, None for its first. Raises UserError as `compare_trials`, or where a
    trial would be compared with itself.
    """
    held = read_scored(other)
    right = one_trial(held, other, trial, flag="--compare-trial")
    numbers = run.trial, right.rows[0].trial
    if Path(run.path).samefile(other) and numbers[0] == numbers[1]:
        raise UserError(
            f"trial {numbers[0]} of {run.path} would be compared with itself: choose two trials of "
            "the file with --trial and --compare-trial, or another file"
        )
    several = any(len({row.trial for row in table.rows}) > 1 for table in (run.every, held))
    named = dict(zip(("trial", "compare_trial"), numbers, strict=True)) if several else {}
    return {**named, **compare_trials(run.shown, right, other)}


def compare_trials(ours: Predictions, theirs: Predictions, path: str) -> dict[str, Any]:
    """Tests one trial against another, of the table `path`; see `resampling.paired_test`.

    Raises UserError unless both hold the same clips of the same people with the same labels and as
    many seeds.
    """
    labels, other = _labels(ours.rows), _labels(theirs.rows)
    odd = sorted(labels.items() ^ other.items())
    if odd:
        (_, subject, clip), true = odd[0]
        raise UserError(
            f"{path} holds other clips or labels ({len(odd)} differ, first clip {clip} of subject "
            f"{subject}, {true}): a paired comparison needs the same clips in both"
        )
    if persons(ours.rows) != persons(theirs.rows):
        raise UserError(
            f"{path} names other people behind the same subjects: give both tables the same column "
            "person, or none"
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


def sentence(test: Mapping[str, Any]) -> str:
    """Says what a comparison found."""
    against = f"Against {test['file']}"
    if "trial" in test:
        against = f"Trial {test['trial']} against trial {test['compare_trial']} of {test['file']}"
    return f"{against}: UF1 differs by {difference(test)}."


def _labels(rows: Sequence[Prediction]) -> dict[tuple[str, str, str], str]:
    """Returns the true class of each clip."""
    return {(row.dataset, row.subject, row.clip): row.true for row in rows}
