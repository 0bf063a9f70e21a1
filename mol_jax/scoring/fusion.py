"""Late fusion: one table of predictions from those of several runs on the same clips.

A clip's probabilities are the mean of the runs', with a weight for each run: equal ones, or those
that `mol_jax.scoring.fusion_weights` learns on held-in people. Runs are joined clip by clip, seed
by seed; what cannot be joined without a guess is refused.
"""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from mol_jax.errors import UserError
from mol_jax.scoring.predictions import Prediction, Predictions
from mol_jax.text.words import counted, shortened

RULES = ("equal", "inner")
Key = tuple[tuple[str, str, str], int]  # a video and a seed
Of = tuple[int, str]  # a seed and a fold, which share their networks
CHOSEN = (
    "Which runs are combined must not be chosen by these scores either: they are of the tested "
    "people."
)


@dataclasses.dataclass(frozen=True)
class Member:
    """One of the runs that are combined: its file, and its rows by video and seed."""

    path: str
    rows: Mapping[Key, Prediction]


def members(tables: Sequence[tuple[str, Predictions]]) -> tuple[tuple[str, ...], list[Member]]:
    """Returns the classes in one order, and the runs, which have the same clips in the same folds.

    tables: files and their predictions, of one trial each. Raises UserError for no
    probabilities, clips without names, other classes, clips, seeds, labels or folds, or the same
    predictions twice.
    """
    assert len(tables) > 1, "several files"
    (first, table), *others = tables
    for path, one in tables:
        _check_alone(path, one)
    for path, one in others:
        if set(one.classes) != set(table.classes):
            raise UserError(
                f"{path} has the classes {_names(one.classes)}, {first} {_names(table.classes)}: "
                "--combine takes runs of the same classes"
            )
    found = [Member(path, _in_order(one, table.classes)) for path, one in tables]
    for other in found[1:]:
        _check_clips(found[0], other)
        _check_folds(found[0], other)
    _check_people(found)
    _check_copies(found)
    return table.classes, found


def fuse(
    classes: Sequence[str], runs: Sequence[Member], weights: Mapping[Of, Sequence[float]] | None
) -> Predictions:
    """Returns the runs as one table of predictions, of trial 0.

    weights: of the runs, in their order, for each seed and fold; None for equal ones. Of equal
    probabilities the first class is predicted.
    """
    rows = []
    for key, row in runs[0].rows.items():
        of = weights[row.seed, row.fold] if weights else [1 / len(runs)] * len(runs)
        probs = np.average([run.rows[key].probs for run in runs], axis=0, weights=of)
        pred = classes[int(np.argmax(np.round(probs, 12)))]
        values = tuple(float(p) for p in probs)
        drawn = any(run.rows[key].generated for run in runs)
        named = next(filter(None, (run.rows[key].person for run in runs)), "")
        made = dataclasses.replace(row, trial=0, pred=pred, probs=values)
        rows.append(dataclasses.replace(made, person=named, generated=drawn))
    return Predictions(tuple(classes), tuple(rows))


def _check_alone(path: str, table: Predictions) -> None:
    if not all(row.probs for row in table.rows):
        raise UserError(
            f"{path} has no probabilities (columns p_<class>), so there is nothing to average: "
            "--combine takes tables that have them"
        )
    if not table.has_clips:
        raise UserError(
            f"{path} has no column clip, so whose probabilities are whose is not known: --combine "
            "joins clips by their names"
        )


def _in_order(table: Predictions, classes: Sequence[str]) -> dict[Key, Prediction]:
    """Returns the rows by video and seed, their probabilities in the order of `classes`."""
    places = [table.classes.index(name) for name in classes]
    return {
        (row.video, row.seed): dataclasses.replace(row, probs=tuple(row.probs[k] for k in places))
        for row in table.rows
    }


def _check_clips(one: Member, other: Member) -> None:
    """Raises UserError unless both have the same clips, seeds and labels."""
    seeds, theirs = ({seed for _, seed in run.rows} for run in (one, other))
    if seeds != theirs:
        raise UserError(
            f"{other.path} has the seeds {_names(sorted(theirs))}, {one.path} "
            f"{_names(sorted(seeds))}: choose one that all have with --seed"
        )
    for run, lacking in ((one, other), (other, one)):
        odd = [key for key in run.rows if key not in lacking.rows]
        if odd:
            (dataset, subject, clip), seed = odd[0]
            raise UserError(
                f"{lacking.path} lacks {counted(len(odd), 'prediction')} of {run.path}, the first "
                f"of {dataset}/{subject}/{clip}, seed {seed}: --combine takes runs of the same "
                "clips"
            )
    for key, row in one.rows.items():
        if other.rows[key].true != row.true:
            raise UserError(
                f"{other.path} has {'/'.join(key[0])} as {other.rows[key].true}, {one.path} as "
                f"{row.true}: --combine takes runs of the same labels"
            )


def _check_people(runs: Sequence[Member]) -> None:
    """Raises UserError where two of the runs name another human of a clip."""
    named: dict[Key, tuple[str, str]] = {}
    for run in runs:
        for key, row in run.rows.items():
            person, path = named.setdefault(key, (row.person, run.path)) if row.person else ("", "")
            if person != row.person:
                raise UserError(
                    f"{run.path} has {'/'.join(key[0])} of person {row.person}, {path} of "
                    f"{person}: --combine takes runs of the same people"
                )


def _check_folds(one: Member, other: Member) -> None:
    """Raises UserError unless both part the clips into the same folds, whatever their names."""
    names: dict[str, str] = {}
    back: dict[str, str] = {}
    for key, row in one.rows.items():
        ours, theirs = row.fold, other.rows[key].fold
        if (names.setdefault(ours, theirs), back.setdefault(theirs, ours)) != (theirs, ours):
            raise UserError(
                f"{other.path} tests {'/'.join(key[0])} in the fold {theirs!r}, {one.path} in "
                f"{ours!r} beside other clips, so what one was trained on the other is tested on: "
                "--combine takes runs of the same folds"
            )


def _check_copies(runs: Sequence[Member]) -> None:
    """Raises UserError where two runs say the same of every clip."""
    seen: dict[tuple[tuple[float, ...], ...], str] = {}
    for run in runs:
        said = tuple(run.rows[key].probs for key in runs[0].rows)
        if said in seen:
            raise UserError(
                f"{run.path} has the very probabilities of {seen[said]}: a copy adds nothing; name "
                "each run once"
            )
        seen[said] = run.path


def _names(of: Sequence[object]) -> str:
    return shortened([str(one) for one in of], between=", ")
