"""Trials and seeds as a table, for the score command, the report and the console. Needs no JAX."""

from collections.abc import Mapping, Sequence
from typing import Any

from mol_jax.scoring import mark
from mol_jax.scoring.confusion import SCORES
from mol_jax.scoring.svm import reached
from mol_jax.text.tables import percent, with_span

TITLES = {"acc": "Acc", "wf1": "WF1", "uf1": "UF1", "uar": "UAR"}
# Task, error, the error of its reference, title and format of what a trial has beside its scores.
_DENSE = (
    ("flow", "epe", "epe_zero", "flow EPE, px", ".3f"),
    ("landmarks", "nme", "nme_mean_face", "landmark NME, %", ".2f"),
)

BEST = "(best on test data)"  # so that a line copied from a table keeps the caveat
Table = tuple[list[str], list[list[str]]]  # header and rows


def trial_table(
    metrics: Mapping[str, Any],
    *,
    values: Mapping[int, str] | None = None,
    keys: Sequence[str] = SCORES,
) -> Table:
    """Returns a line per trial: its scores with their intervals, its flow and landmark errors.

    metrics: the content of metrics.json. values: what sets each trial apart, by its number; without
    it there is no such column. keys: the scores to show. The last lines are of the videos of the
    trial at the top: "flow + SVM", and "no model", which has the majority class, zero flow and the
    mean face.
    """
    trials, baselines = metrics["per_trial"], metrics["baselines"]
    best = metrics["choice"]["best"] if metrics["choice"] else None
    keys = keys if any(trial["mean"] for trial in trials) else ()
    uneven = len({trial["n_predictions"] for trial in trials} - {0}) > 1
    dense = [column for column in _DENSE if any(_has(trial, column) for trial in trials)]
    header = [
        mark.named("trial", metrics),
        *(["values"] if values else []),
        *(["scored"] if uneven else []),
    ]
    header += [f"{TITLES[key]}, %" for key in keys] + [column[3] for column in dense]
    rows = []
    for trial in trials:
        number = trial["trial"]
        rows.append(
            [
                f"{number} {BEST}" if number == best else str(number),
                *([values[number]] if values else []),
                *([str(trial["n_predictions"])] if uneven else []),
                *(_score(trial, key) for key in keys),
                *(_error(trial[task], name, form) for task, name, _, _, form in dense),
            ]
        )
    if keys:
        svm = baselines[reached.KEY] if baselines else None
        blank = [""] * (bool(values) + uneven)
        cells = (with_span(svm[key], svm["ci95"][key]) if svm else "–" for key in keys)
        rows.append([reached.NAME, *blank, *cells, *("–" for _ in dense)])
    rows.append(
        [
            "no model",
            *([""] * (bool(values) + uneven)),
            *(percent(baselines["majority"][key] if baselines else None) for key in keys),
            *(_error(metrics[task], name, form) for task, _, name, _, form in dense),
        ]
    )
    return header, rows


def seed_table(metrics: Mapping[str, Any]) -> Table:
    """Returns each trial's mean ± sd over seeds, and each seed."""
    several = len(metrics["per_trial"]) > 1
    rows = []
    for trial in metrics["per_trial"]:
        name, seeds = f"trial {trial['trial']}", trial["per_seed"] or ()
        spread = [_score(trial, key, interval=several) for key in SCORES]
        rows.append([f"{name}, mean ± sd" if len(seeds) > 1 else name, *spread])
        if len(seeds) > 1:
            rows += [
                [f"{name}, seed {one['seed']}", *(percent(one[key]) for key in SCORES)]
                for one in seeds
            ]
    return [mark.named("", metrics).strip(), *TITLES.values()], rows


def has_seeds(metrics: Mapping[str, Any]) -> bool:
    """Tells whether some trial was scored with several seeds."""
    return any(len(trial["per_seed"] or ()) > 1 for trial in metrics["per_trial"])


def _score(trial: Mapping[str, Any], key: str, *, interval: bool = True) -> str:
    """Writes a trial's score, "–" where it has none."""
    if trial["mean"] is None:
        return "–"
    bounds = trial["ci95"][key] if interval else None
    return with_span(trial["mean"][key], bounds, sd=trial["sd"][key])


def _has(trial: Mapping[str, Any], column: Sequence[str]) -> bool:
    """Tells whether a trial has an error of flow or landmarks, and the one of its reference."""
    task, name, reference, *_ = column
    return {name, reference} <= (trial[task] or {}).keys()


def _error(errors: Mapping[str, float] | None, name: str, form: str) -> str:
    return format(errors[name], form) if errors and name in errors else "–"
