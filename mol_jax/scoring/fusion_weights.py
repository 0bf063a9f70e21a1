"""Weights of runs for late fusion, learnt on the people held in for each fold.

With selection.name=inner a run leaves in by_step.csv what the networks of each fold predict for the
people held in there, on whom they were not trained. Only those rows are read. What the other folds
predict for the other people would be no substitute: their networks were trained on the very person
whose fold is weighed.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from mol_jax.errors import UserError
from mol_jax.files.cells import Table
from mol_jax.scoring.by_step import VALIDATION, Point, read_points
from mol_jax.scoring.chosen_step import LEAST, honest
from mol_jax.scoring.fusion import Member, Of
from mol_jax.text.words import counted

FILE, PREDICTIONS = "by_step.csv", "predictions.csv"  # of one run: its points, and what it says
PRIOR = 1.0  # clips that speak for each run before any is seen: a few clips do not silence a run
STEPS, CLOSE = 1000, 1e-7  # of the iteration, and when it stands still
Held = dict[tuple[str, str, str], tuple[str, float]]  # by video: its class, and what that is given


def learn(runs: Sequence[Member]) -> tuple[dict[Of, list[float]], int]:
    """Returns the runs' weights for each seed and fold, and how many held-in clips a fold has.

    Those make the held-in clips of that fold most probable, each run's at the step chosen for it.
    Raises UserError where a file is no run's own predictions.csv, or a run has no held-in people of
    a fold, others than the first run's, or such as are tested in it.
    """
    of_runs = [_held_in(run) for run in runs]
    weights, clips = {}, []
    for of in dict.fromkeys((row.seed, row.fold) for row in runs[0].rows.values()):
        sides = [held[seed_fold] for held, seed_fold in zip(of_runs, _named(runs, of), strict=True)]
        _check_same(runs, sides, of)
        right = np.array([[side[video][1] for video in sides[0]] for side in sides])
        weights[of] = [float(weight) for weight in most_probable(right)]
        clips.append(right.shape[1])
    return weights, round(float(np.mean(clips)))


def most_probable(right: np.ndarray) -> np.ndarray:
    """Returns the weights w [K] of K runs under which N clips' classes are most probable.

    right: [K, N], what each run gives the true class of each clip. Maximises Σ_n log Σ_k w_k
    right_kn + PRIOR Σ_k log w_k by expectation maximisation, which has one maximum and finds it.
    """
    right = np.maximum(right, LEAST)
    weights = np.full(len(right), 1 / len(right))
    for _ in range(STEPS):
        shares = weights[:, None] * right
        shares = shares / shares.sum(0)
        new = (shares.sum(1) + PRIOR) / (right.shape[1] + PRIOR * len(right))
        if np.abs(new - weights).max() < CLOSE:
            return new
        weights = new
    return weights


def _named(runs: Sequence[Member], of: Of) -> list[Of]:
    """Returns a seed and fold of the first run as each run calls them."""
    key = next(key for key, row in runs[0].rows.items() if (row.seed, row.fold) == of)
    return [(of[0], run.rows[key].fold) for run in runs]


def _held_in(run: Member) -> Mapping[Of, Held]:
    """Returns what a run predicts for the held-in clips of each seed and fold, at its step."""
    path = Path(run.path).parent / FILE
    advice = "train it with --config.selection.name=inner, or take --combine=equal"
    if Path(run.path).name != PREDICTIONS:  # as flow_svm.csv, which the SVM beside a run left
        raise UserError(
            f"{run.path} is not called {PREDICTIONS}, the one table that {FILE} beside it is of: "
            f"name a run's {PREDICTIONS}, or take --combine=equal"
        )
    if not path.is_file():
        raise UserError(
            f"{path} is not there, so nobody held in is known of {run.path}, and weights learnt on "
            f"tested people would leak: {advice}"
        )
    trials = {row.trial for row in run.rows.values()}
    classes = [name[2:] for name in Table(path).header if name.startswith("p_")]
    points: dict[Of, list[Point]] = {}
    for point in read_points(path):
        if point.role == VALIDATION and point.row.trial in trials:
            points.setdefault((point.row.seed, point.row.fold), []).append(point)
    tested: dict[Of, set[object]] = {}
    for row in run.rows.values():
        tested.setdefault((row.seed, row.fold), set()).add(row.who)
    found = {}
    for of, people in tested.items():
        if of not in points:
            raise UserError(
                f"{path} has no held-in people of the fold {of[1]!r}, seed {of[0]}: {advice}"
            )
        found[of] = _at_best(points[of], classes)
        leaks = [point.row.subject for point in points[of] if point.row.who in people]
        if leaks:
            raise UserError(
                f"{path} has {leaks[0]} among the held-in people of the fold {of[1]!r}, who "
                f"is tested there: weights would leak; {advice}"
            )
    return found


def _at_best(points: Sequence[Point], classes: Sequence[str]) -> Held:
    """Returns what the true class is given at the step that was chosen by them, by video."""
    best = honest(points, classes)
    assert best  # there are held-in points
    rows = [point.row for point in points if point.step == best[0]]
    return {row.video: (row.true, row.probs[classes.index(row.true)]) for row in rows}


def _check_same(runs: Sequence[Member], sides: Sequence[Held], of: Of) -> None:
    """Raises UserError unless all runs held in the same clips for a fold, under the same labels."""
    for run, side in zip(runs[1:], sides[1:], strict=True):
        if _labels(side) != _labels(sides[0]):
            raise UserError(
                f"{run.path} held in other people for the fold {of[1]!r} than {runs[0].path} "
                f"({counted(len(side), 'clip')}, {len(sides[0])}): train both with the same "
                "selection.validation, or take --combine=equal"
            )


def _labels(side: Held) -> dict[tuple[str, str, str], str]:
    return {video: true for video, (true, _) in side.items()}
