"""Two predictors on the same clips: is one better than chance would make it? Needs no JAX."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mol_jax.errors import UserError
from mol_jax.scoring import mark
from mol_jax.scoring.best_trial import difference
from mol_jax.scoring.confusion import by_subject, persons
from mol_jax.scoring.intervals import paired_test
from mol_jax.scoring.predictions import Prediction, Predictions
from mol_jax.scoring.score_file import Scored, of_seed, one_trial, read_scored


def compare(
    run: Scored, other: str, trial: int | None, *, seed: int | None = None
) -> dict[str, Any]:
    """Tests the trial that `run` shows against one of the table `other`.

    trial: the other table's, None for its first. seed: the only one to take of the other table,
    unless it has a single one, which is taken as it is. Raises UserError as `compare_trials`, where
    the seed is not there, or where a trial would be compared with itself.
    """
    held = read_scored(other)
    if seed is not None and len({row.seed for row in held.rows}) > 1:
        held = of_seed(held, other, seed)
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
    _check_seeds(ours.rows, theirs.rows, path)
    classes = list(dict.fromkeys((*ours.classes, *theirs.classes)))
    left, right = (by_subject(table.rows, classes) for table in (ours, theirs))
    drawn = mark.counted((*ours.rows, *theirs.rows))
    return {"file": mark.named(path, drawn), **paired_test(left, right)}


def _check_seeds(ours: Sequence[Prediction], theirs: Sequence[Prediction], path: str) -> None:
    """Raises UserError unless the seeds, in their order, hold the same clips."""
    seeds = [sorted({row.seed for row in rows}) for rows in (ours, theirs)]
    if len(seeds[0]) != len(seeds[1]):
        raise UserError(
            f"{path} has {len(seeds[1])} seeds and {len(theirs)} predictions, expected "
            f"{len(seeds[0])} and {len(ours)} as in the first file: compare runs of as many seeds"
        )
    for left, right in zip(*seeds, strict=True):
        clips = {row.video for row in ours if row.seed == left}
        others = {row.video for row in theirs if row.seed == right}
        if clips != others:
            raise UserError(
                f"seed {right} of {path} holds other clips than seed {left} of the first file "
                f"({len(clips ^ others)} differ): compare runs whose seeds hold the same clips"
            )


def sentence(test: Mapping[str, Any]) -> str:
    """Says what a comparison found."""
    against = f"Against {test['file']}"
    if "trial" in test:
        against = f"Trial {test['trial']} against trial {test['compare_trial']} of {test['file']}"
    return f"{against}: UF1 differs by {difference(test)}."


def _labels(rows: Sequence[Prediction]) -> dict[tuple[str, str, str], str]:
    """Returns the true class of each clip."""
    return {row.video: row.true for row in rows}
