"""The best of several trials, and what it is worth to have picked it.

Trials are scored on the held-out subjects. Who then takes the best of them has let the test
subjects choose, and its score is too high for new people. Two figures say by how much: the test
against the first trial, and the score of a choice made for each subject by the others' scores.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mol_jax.scoring.confusion import Counts, by_subject, scores
from mol_jax.scoring.intervals import PERMUTATIONS, paired_test, seed_mean
from mol_jax.scoring.predictions import Prediction, Predictions
from mol_jax.text.tables import percent, span


def choice(predictions: Predictions, *, first: int) -> dict[str, Any] | None:
    """Returns what picking the trial with the best UF1 is worth; None for fewer than two trials.

    `trials` are those that can be compared, `best` is the one with the highest UF1, the lowest
    number of equals. `against_first` tests it against the study's `first` trial (see
    `resampling.paired_test`; None where that is the best, or cannot be compared). `by_others` has
    the scores of the choice that is made anew for each person by the other persons' scores. All but
    `trials` are None where fewer than two trials can be compared.
    """
    by_trial = _by_trial(predictions.rows)
    if len(by_trial) < 2:
        return None
    names = comparable(by_trial)
    found = {"trials": names, "best": None, "against_first": None, "by_others": None}
    if len(names) < 2:
        return found
    counts = np.stack([by_subject(by_trial[name], predictions.classes) for name in names])
    best = int(np.argmax(_uf1(counts.sum(2))))
    test = names[best] != first and first in names
    return found | {
        "best": names[best],
        "against_first": paired_test(counts[best], counts[names.index(first)]) if test else None,
        "by_others": _by_others(counts),
    }


def comparable(by_trial: Mapping[int, Sequence[Prediction]]) -> list[int]:
    """Returns the trials that predict the same videos with the same seeds as the most complete."""
    scored = {trial: {(*row.video, row.seed) for row in rows} for trial, rows in by_trial.items()}
    most = max(scored.values(), key=len)
    return [trial for trial in sorted(scored) if scored[trial] == most]


def words(metrics: Mapping[str, Any]) -> list[str]:
    """Returns what has to be said beside the best trial's score, as sentences; [] for one trial.

    metrics: the content of metrics.json.
    """
    found = metrics["choice"]
    if found is None:
        return []
    if found["best"] is None:
        return ["The trials were not scored on the same videos and seeds: none is called the best."]
    first = metrics["per_trial"][0]["trial"]
    said = [_best(found, first), *_left_out(metrics), *_against_first(found, first)]
    others = found["by_others"]
    if others is not None:
        said.append(
            "Choosing anew for each subject by the scores of all other subjects gives UF1 "
            f"{percent(others['uf1'])}: a rough estimate of what the choice is worth, since the "
            "models behind those scores had trained on the subject's own clips."
        )
    return said


def _best(found: Mapping[str, Any], first: int) -> str:
    best, among = found["best"], len(found["trials"])
    if best == first:
        return (
            f"Trial {best}, the first, also has the highest UF1 of {among}. Had it been picked for "
            "its score, the score would overstate what it reaches on new people."
        )
    report = "trial 0, or " if first == 0 and first in found["trials"] else ""
    return (
        f"Trial {best} was CHOSEN ON TEST DATA: it is the best of {among} trials by the scores of "
        "the very subjects that were held out, so its score overstates what it would reach on new "
        f"people. Report {report}a trial chosen without the test subjects."
    )


def _left_out(metrics: Mapping[str, Any]) -> list[str]:
    """Names the scored trials that lack predictions and could not be the best."""
    scored = [trial["trial"] for trial in metrics["per_trial"] if trial["mean"] is not None]
    left = [str(trial) for trial in scored if trial not in metrics["choice"]["trials"]]
    if not left:
        return []
    return [f"Not compared, because videos or seeds are lacking: trial {', '.join(left)}."]


def _against_first(found: Mapping[str, Any], first: int) -> list[str]:
    test = found["against_first"]
    if test is None:
        return []
    return [
        f"Against trial {first} its UF1 differs by {difference(test)}; this p does not account for "
        f"the choice among {len(found['trials'])}."
    ]


def difference(test: Mapping[str, Any]) -> str:
    """Writes what `resampling.paired_test` found: +2.10 [-1.0, 5.2], p = 0.21 (two-sided, …)."""
    bounds = f" {span(test['ci95'])}" if test["ci95"] else ""
    return (
        f"{100 * test['difference']:+.2f}{bounds}, p = {test['p']:.3g} (two-sided, {PERMUTATIONS} "
        "permutations of whole subjects)"
    )


def _by_trial(rows: Sequence[Prediction]) -> dict[int, list[Prediction]]:
    by_trial: dict[int, list[Prediction]] = {}
    for row in rows:
        by_trial.setdefault(row.trial, []).append(row)
    return by_trial


def _by_others(counts: Counts) -> dict[str, float] | None:
    """Scores the choice made for each person by the others, from counts [T, K, P, n, n].

    No training is needed: each trial's predictions of the others are there already. The models that
    made them were trained with the person's clips, so it is an estimate and no nested study. It
    has no interval: one that keeps the choices as they are would be too narrow. None for one
    person.
    """
    if counts.shape[2] < 2:
        return None
    others = counts.sum(2, keepdims=True) - counts  # without each person in turn
    chosen = np.argmax(np.nan_to_num(_uf1(others)), axis=0)  # [P]
    picked = counts[chosen, :, np.arange(len(chosen))].sum(0)
    return {name: float(value) for name, value in seed_mean(picked).items()}


def _uf1(counts: Counts) -> np.ndarray:
    """Returns UF1 of counts [T, K, ..., n, n], mean over seeds: [T, ...]."""
    return scores(counts)["uf1"].mean(1)
