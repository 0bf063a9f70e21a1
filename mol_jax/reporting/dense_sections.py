"""The sections of a report about what networks are measured by beside the classes.

Flow and landmarks have words of their own, each beside its trivial reference; displacement,
regions and action units have files of their own; the measures of any other task have a plain table.
What the networks do not measure has no section.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from mol_jax.paper.mol import differences
from mol_jax.reporting import displacement_sections, region_sections, unit_sections
from mol_jax.reporting.finished_run import Run
from mol_jax.reporting.means import mean_of
from mol_jax.scoring.intervals import mean_interval
from mol_jax.scoring.measure import Measure
from mol_jax.scoring.summary import dense_sums
from mol_jax.text import tables

FLOW = ("epe", "epe_zero")  # the measures that the sections of flow and landmarks speak of
LANDMARKS = ("nme", "failures", "nme_mean_face")


def flow(run: Run) -> list[str]:
    """Gives the flow error beside that of predicting no motion."""
    if not run.has(*FLOW):
        return []
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
    made_by = ("data.alignment", "data.flow", "data.sampling", "data.magnify")
    return parts + _targets(run, "The flow targets", made_by)


def landmarks(run: Run) -> list[str]:
    """Gives the landmark error beside that of the training clips' mean face."""
    if not run.has(*LANDMARKS):
        return []
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
    if not found or not {*FLOW} <= found.keys():
        return None
    return ["flow EPE, px", f"{found['epe']:.3f}", f"{found['epe_zero']:.3f}"]


def landmark_row(metrics: Mapping[str, Any]) -> list[str] | None:
    """Returns the landmark errors as a table's row, None where the task is off."""
    found = metrics["landmarks"]
    if not found or not {"nme", "nme_mean_face"} <= found.keys():
        return None
    return ["landmark NME, %", f"{found['nme']:.2f}", f"{found['nme_mean_face']:.2f}"]


def others(run: Run) -> list[str]:
    """Gives the measures of every other task: the mean, its interval and its reference."""
    told = {*(FLOW if run.has(*FLOW) else ()), *(LANDMARKS if run.has(*LANDMARKS) else ())}
    for of in (displacement_sections, region_sections, unit_sections):
        told |= {one.name for one in of.measures(run)}
    left = [one for one in run.measures if one.name not in told]
    tasks = dict.fromkeys(one.task for one in left)
    return [
        paragraph
        for task in tasks
        for paragraph in _plain(run, task, [one for one in left if one.task == task])
    ]


def _plain(run: Run, task: str, measures: Sequence[Measure]) -> list[str]:
    """Gives the section of one task. Whether more is better, the run does not tell."""
    title = f"## {task[:1].upper()}{task[1:]}"
    means = run.metrics[task]
    if means is None:
        return [title, "Nothing was scored."]
    references = {one.reference for one in measures}
    lines = [_line(run, one, means) for one in measures if one.name not in references]
    header = [f"{task}, mean over", "", "this run [95 %, over subjects]", "reference"]
    return [title, tables.markdown(header, lines, left=2)]


def _line(run: Run, measure: Measure, means: Mapping[str, Any]) -> list[str]:
    """Returns a measure as a line of a table."""
    reference = run.measure(measure.reference) if measure.reference else None
    beside = "–"
    if reference is not None and means[reference.entry] is not None:
        beside = f"{means[reference.entry]:.4g} ({reference.entry})"
    unit = "%" if measure.share else measure.unit
    name = f"{measure.entry}, {unit}" if unit else measure.entry
    return [name, measure.over, _with_interval(run, measure, means[measure.entry]), beside]


def _with_interval(run: Run, measure: Measure, mean: float | None) -> str:
    if mean is None:
        return "–"
    total, count = dense_sums(run.dense, measure)
    bounds = mean_interval((100 if measure.share else 1) * total, count)
    return f"{mean:.4g}" + (f" [{bounds[0]:.4g}, {bounds[1]:.4g}]" if bounds else "")


def _gain(run: Run, column: str, reference: str, unit: str) -> str:
    """Says how far the model is from its reference, with the interval over subjects."""
    gain = mean_of(run, column, reference)
    text = f"The difference to the reference is {gain.value:+.3f} {unit}"
    if gain.bounds is None:
        return f"{text}."
    text += f" [{gain.bounds[0]:+.3f}, {gain.bounds[1]:+.3f}] (95 %, over subjects)."
    return text if gain.below(0) else f"{text} **It is not shown to be better than the reference.**"


def _targets(run: Run, of: str, names: tuple[str, ...]) -> list[str]:
    """Says where what is predicted is not what the paper's networks were trained and tested on."""
    if run.dataset["generated"]:
        return []
    unlike = differences.unlike(differences.fields_of(run.settings))
    named = [unlike[name] for name in names if name in unlike]
    return [f"{of} are not the paper's: {'; '.join(named)}."] if named else []
