"""What must be said of the run that predicts: whose score it has, and what faces it saw."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mol_jax.predicting.models.calibration import knows_nobody
from mol_jax.protocol import audit
from mol_jax.reporting.finished_run import Run
from mol_jax.scoring.svm.reached import KEY
from mol_jax.text.tables import with_span
from mol_jax.text.words import counted
from mol_jax.weights import record

UNCALIBRATED = (
    "probabilities are not calibrated: the people it tests are ones that it has seen, of whom it "
    "is surer than of others"
)


def saw_generated_only(run: Run) -> bool:
    """Tells whether every face that a run's first trial has learnt from was drawn by a program."""
    parts = run.dataset.get("parts")
    drawn = (
        all((part.get("built") or {}).get("generated", False) for part in parts)
        if parts
        else run.dataset["generated"]
    )
    start = record.of_trial(record.of_config(run.config), run.trial)
    return bool(drawn) and (start is None or record.card(start).generated)


def score(run: Run, folder: Path, *, measured: tuple[Run, Path] | None = None) -> str:
    """Returns one line: what a run scores of people it has not seen, and what any method reaches.

    measured: a run of the same config that stands in for one that tested nobody, and its folder.
    """
    if measured is not None:
        other, place = measured
        mine, theirs = (one.settings["train"]["steps"] for one in (run, other))
        steps = f", for {counted(theirs, 'step')} and not {mine}" if mine != theirs else ""
        whose = f"of {place}, trained alike on fewer people{steps}: {folder} itself tested nobody"
        return f"{_scored(other)} ({whose})"
    if run.metrics["pooled"]:
        known = "" if knows_nobody(run) else f"; {UNCALIBRATED}"
        return f"{_scored(run)}{known}"
    if run.settings["protocol"]["name"] == "all":
        return (
            "not measured: trained on all people, tested on nobody (protocol.name=all); a run of "
            "the same config that leaves people out would tell"
        )
    return "none: no class is predicted (tasks.mer is off)" if not run.on("mer") else "not measured"


def _scored(run: Run) -> str:
    metrics = run.metrics
    uf1 = with_span(metrics["pooled"]["uf1"], metrics["ci95"]["uf1"])
    said = [
        f"UF1 {uf1} % over {counted(metrics['n_clips'], 'clip')} of "
        f"{counted(metrics['n_subjects'], 'subject')} ({metrics['protocol']})",
        _floor(metrics),
        f"random guesses reach {with_span(metrics['baselines']['random']['uf1'], None)}",
        *_cautions(run),
    ]
    return "; ".join(said)


def _floor(metrics: Mapping[str, Any]) -> str:
    found = metrics["baselines"][KEY]
    if found is None:
        return "what a linear SVM on optical flow reaches is not known"
    return f"a linear SVM on optical flow reaches {with_span(found['uf1'], found['ci95']['uf1'])}"


def _cautions(run: Run) -> list[str]:
    """Returns what the score may not be shown without."""
    lacking = run.unscored()
    said = [f"{counted(len(lacking), 'fold')} not scored"] if lacking else []
    found = run.metrics.get("audit")
    leaks = audit.leaks(found) if found else []
    return said + [leak.replace("**", "").rstrip(".") for leak in leaks]
