"""The sections of a report about its trials, its seeds and what is lacking."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mol_jax.protocol import folds as protocol_folds
from mol_jax.reporting import figures, lettering
from mol_jax.reporting.finished_run import Run
from mol_jax.scoring import baselines, mark
from mol_jax.scoring.best_trial import words
from mol_jax.scoring.summary import of_trial
from mol_jax.scoring.svm.reached import KEY
from mol_jax.scoring.trial_tables import has_seeds, seed_table, trial_table
from mol_jax.text import tables
from mol_jax.text.words import counted, shortened


def which_trial(run: Run) -> list[str]:
    """Says which trial the figures at the top are of, where there are several."""
    if len(run.trials) == 1:
        return []
    return [
        f"**Trial {run.trial} of {len(run.trials)}: `{run.trials[run.trial]}`.** It stands "
        "here because it is the first, not because it is the best; all of them are under "
        "[Trials](#trials)."
    ]


def incomplete(run: Run) -> list[str]:
    """Says which replicas have no prediction, and what the figures are worth then."""
    failed, missing = run.metrics["failed_folds"], run.metrics["missing_folds"]
    parts = []
    if failed:
        parts.append(
            f"**Incomplete: {counted(len(failed), 'replica')} diverged and left no prediction: "
            f"{_names(run, failed)}.**"
        )
    if missing:
        parts.append(
            f"**Incomplete: {counted(len(missing), 'replica')} not trained yet: "
            f"{_names(run, missing)}.** "
            f"{_worth(run, missing)}"
        )
    if run.unscored():
        scored = len(run.predictions.rows or run.dense)
        clips = run.metrics.get("audit", {}).get("clips_tested", run.dataset["n_clips"])
        wanted = clips * len(run.settings["seeds"])
        of = "" if len(run.trials) == 1 else f" of trial {run.trial}"
        parts.append(f"{scored} of {wanted} predictions{of} were scored.")
    return parts


def trials(run: Run, folder: Path) -> list[str]:
    """Gives a line per trial, its picture, and what choosing the best is worth."""
    if len(run.trials) == 1:
        return []
    table = tables.markdown(*trial_table(run.metrics, values=run.trials), left=2)
    notes = "No model: the majority class, no motion, the mean face."
    if run.metrics["choice"] is None:
        advice = "To choose a trial by these figures is to choose it on test data."
        return ["## Trials", table, f"{notes} {advice}"]
    numbered = _draw(run, folder)
    said = " ".join((notes, *words(run.metrics)))
    picture = "![UF1 of each trial](figures/trials.png)"
    return ["## Trials", table, said, picture, *lettering.legend(numbered)]


def seeds(run: Run) -> list[str]:
    """Gives each seed where there are several."""
    return ["## Seeds", tables.markdown(*seed_table(run.metrics))] if has_seeds(run.metrics) else []


def marked(run: Run, part: list[str]) -> list[str]:
    """Writes under each title of a section which trial it is of, where there are several."""
    if len(run.trials) == 1:
        return part
    said = f"Of trial {run.trial}, the first."
    return [line for text in part for line in ((text, said) if text.startswith("## ") else (text,))]


def protocol_name(run: Run) -> str:
    """Names the protocol of a run for a reader."""
    views = {part["name"]: part["view"] for part in run.dataset.get("parts", ())}
    return protocol_folds.words(run.settings["protocol"], views=views)


def replica_name(fold: Mapping[str, Any]) -> str:
    """Names a replica for a reader."""
    return f"{fold['fold']}, trial {fold['trial']}, seed {fold['seed']}"


def _worth(run: Run, missing: list[dict[str, Any]]) -> str:
    """Says whose figures are not those of the protocol."""
    protocol = protocol_name(run)
    lacking = sorted({fold["trial"] for fold in missing})
    if run.trial in lacking:
        return (
            f"**These figures are not those of the protocol ({protocol}):** they are of the folds "
            "trained so far, and will change."
        )
    names = shortened([str(number) for number in lacking], between=", ")
    return (
        f"Trial {run.trial} is trained in full; the figures of trial {names} are not those of the "
        f"protocol ({protocol})."
    )


def _draw(run: Run, folder: Path) -> dict[str, str]:
    """Draws the trials that were scored, beside the majority class of the first and the SVM.

    Returns what numbers in the picture stand for: see `mol_jax.reporting.lettering`.
    """
    scored = [trial for trial in run.metrics["per_trial"] if trial["mean"]]
    numbers = [trial["trial"] for trial in scored]
    rows = of_trial(run.all_predictions.rows, numbers[0])
    best = run.metrics["choice"]["best"]
    svm = (run.metrics["baselines"] or {}).get(KEY)
    return figures.trials(
        folder / "trials.png",
        [f"trial {number}: {run.trials[number]}" for number in numbers],
        scored,
        majority=baselines.majority(rows, run.all_predictions.classes)["uf1"],
        svm=svm["uf1"] if svm else None,
        best=None if best is None else numbers.index(best),
        note=mark.short(run.metrics),
    )


def _names(run: Run, folds: list[dict[str, Any]]) -> str:
    """Names replicas, by their folds alone where these lack in all trials and seeds."""
    names = [tables.escaped(name) for name in dict.fromkeys(fold["fold"] for fold in folds)]
    each = len(run.trials) * len(run.settings["seeds"])
    if each > 1 and len(folds) == each * len(names):
        return f"{shortened(names)}, in every trial and seed"
    return shortened([tables.escaped(replica_name(fold)) for fold in folds])
