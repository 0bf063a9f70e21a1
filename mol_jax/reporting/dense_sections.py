"""The sections of a report about flow and landmarks, each beside its trivial reference."""

from collections.abc import Mapping
from typing import Any

from mol_jax.paper import differences
from mol_jax.reporting.finished_run import Run
from mol_jax.scoring.intervals import mean_interval
from mol_jax.scoring.summary import dense_sums
from mol_jax.text import tables


def flow(run: Run) -> list[str]:
    """Gives the flow error beside that of predicting no motion."""
    row = flow_row(run.metrics)
    if row is None:
        return ["## Optical flow", "Nothing was scored." if run.on("flow") else "Off in this run."]
    method = "TV-L1" if run.settings["data"]["flow"] == "tvl1" else run.settings["data"]["flow"]
    parts = [
        "## Optical flow",
        tables.markdown(["end-point error, px", "this run", "zero flow"], [row]),
        f"Against {method} between sampled frames, mean over pairs and the pixels of the "
        f"{run.settings['data']['crop']} px centre crop. {_gain(run, 'epe', 'epe_zero', 'px')}",
    ]
    made_by = ("data.alignment", "data.flow", "data.sampling")
    return parts + _targets(run, "The flow targets", made_by)


def landmarks(run: Run) -> list[str]:
    """Gives the landmark error beside that of the training clips' mean face."""
    row = landmark_row(run.metrics)
    if row is None:
        return [
            "## Landmarks",
            "Nothing was scored." if run.on("landmarks") else "Off in this run.",
        ]
    parts = [
        "## Landmarks",
        tables.markdown(["error, % of the eye distance", "this run", "mean face"], [row]),
        f"{run.metrics['landmarks']['failure_rate']:.2f} % of the frames fail (error above 10 %). "
        "Against dlib, mean over frames; the mean face is that of the fold's training clips. "
        f"{_gain(run, 'nme', 'nme_mean_face', '%')}",
    ]
    return parts + _targets(run, "The crops that the landmarks lie in", ("data.alignment",))


def flow_row(metrics: Mapping[str, Any]) -> list[str] | None:
    """Returns the flow errors as a table's row, None where the task is off."""
    found = metrics["flow"]
    return found and ["flow EPE, px", f"{found['epe']:.3f}", f"{found['epe_zero']:.3f}"]


def landmark_row(metrics: Mapping[str, Any]) -> list[str] | None:
    """Returns the landmark errors as a table's row, None where the task is off."""
    found = metrics["landmarks"]
    return found and ["landmark NME, %", f"{found['nme']:.2f}", f"{found['nme_mean_face']:.2f}"]


def _gain(run: Run, column: str, reference: str, unit: str) -> str:
    """Says how far the model is from its reference, with the interval over subjects."""
    total, count = dense_sums(run.dense, column)
    other, _ = dense_sums(run.dense, reference)
    mean = float(((total - other).sum(1) / count.sum(1)).mean())
    bounds = mean_interval(total - other, count)
    text = f"The difference to the reference is {mean:+.3f} {unit}"
    if bounds is None:
        return f"{text}."
    text += f" [{bounds[0]:+.3f}, {bounds[1]:+.3f}] (95 %, over subjects)."
    return text if bounds[1] < 0 else f"{text} **It is not shown to be better than the reference.**"


def _targets(run: Run, of: str, names: tuple[str, ...]) -> list[str]:
    """Says where what is predicted is not what the paper's networks were trained and tested on."""
    if run.dataset["generated"]:
        return []
    unlike = differences.unlike(differences.fields_of(run.settings))
    named = [unlike[name] for name in names if name in unlike]
    return [f"{of} are not the paper's: {'; '.join(named)}."] if named else []
