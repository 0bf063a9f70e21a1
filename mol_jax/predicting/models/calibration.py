"""A run that left people out, standing in for one of the same config that tested nobody."""

from pathlib import Path
from typing import Any

from ml_collections import ConfigDict

from mol_jax import settings
from mol_jax.data.identity import DATA
from mol_jax.errors import UserError
from mol_jax.protocol.folds import independent
from mol_jax.reporting.finished_run import Run
from mol_jax.study.recorded_trials import read_finished

# What may differ: who is trained on, how the step was chosen, how often it was trained. Another
# number of steps is a step chosen by the people left out, and the score says it (`about.score`).
_FREE = ("protocol.", "selection.", "seeds", "train.steps", "predict.")


def stand_in(run: Run, folder: Path, calibrate: Path) -> tuple[Run, Path]:
    """Returns the run `calibrate` and its folder.

    Raises UserError where `run` has a score of its own, or the other has none, is of other data or
    another config, or tests people whom it has seen.
    """
    if run.metrics["pooled"]:
        raise UserError(
            f"{folder} was tested on people of its own and is calibrated by them: leave "
            f"calibrate={calibrate} out."
        )
    other = read_finished(calibrate)
    if not other.predictions.rows:
        raise UserError(
            f"{calibrate} has no predictions of people it left out, so nothing can be calibrated "
            "by it: name a run that recognises expressions and tests people (protocol.name=loso)."
        )
    _refuse_other(folder, calibrate, run, other)
    if not knows_nobody(other):
        raise UserError(
            f"{calibrate} tests people whom it has trained on or seen in pre-training, so that it "
            "is too sure of them to calibrate anything: name a run that leaves people out "
            "(protocol.name=loso)."
        )
    return other, calibrate


def knows_nobody(run: Run) -> bool:
    """Tells whether a run saw none of the people it tests, so that its T is one for strangers."""
    found = run.metrics.get("audit")
    if not found:  # of before there was one
        return independent(run.settings["protocol"]["name"])
    return bool(found["subject_independent"]) and not found["seen_in_pretraining"]["count"]


def _refuse_other(folder: Path, calibrate: Path, run: Run, other: Run) -> None:
    mine, theirs = _bound(run), _bound(other)
    names = [name for name in sorted(mine | theirs) if mine.get(name) != theirs.get(name)]
    if names:
        raise UserError(
            f"{calibrate} is a run of another config than {folder} ({names[0]} is "
            f"{theirs.get(names[0])!r} there and {mine.get(names[0])!r} here): its score says "
            "nothing of this one; train the same config with protocol.name=loso."
        )


def _bound(run: Run) -> dict[str, Any]:
    """Returns the fields of a run that must be the same, and what tells its data."""
    flat = settings.flatten(ConfigDict(run.settings))
    known = settings.declared(flat["model.network"])
    fields = {
        name: value
        for name, value in flat.items()
        if not name.startswith(_FREE) and not (name in known and known[name].free)
    }
    data = {name: run.dataset.get(name) for name in DATA}
    return fields | data | {"classes": run.dataset["classes"]}
