"""The section of a report with the paper's figures, where they may stand beside ours."""

from collections.abc import Mapping
from typing import Any

from mol_jax import tables
from mol_jax.paper import published
from mol_jax.run import Run


def paper(run: Run) -> list[str]:
    """Puts the paper's figures beside ours where data, classes and t are the paper's."""
    if run.dataset["generated"] or not run.metrics["pooled"]:
        return []
    frames, n = run.settings["data"]["frames"], len(run.metrics["classes"])
    row = published.find(run.dataset["name"], n, frames)
    what = f"{run.dataset['name']} with {n} classes and t = {frames}"
    if row is None:
        return ["## Beside the paper", f"The paper prints no figure for {what}."]
    other = _unlike_the_paper(run.settings)
    if other or run.unscored():
        why = f"this run has {', '.join(other)}" if other else "this run is incomplete"
        return ["## Beside the paper", f"The paper's figures for {what} are not shown: {why}."]
    pooled, bounds = run.metrics["pooled"], run.metrics["ci95"]
    lines = [
        ["paper", tables.percent(row.acc / 100), tables.percent(row.wf1 / 100)],
        ["this run", *(tables.with_span(pooled[k], bounds[k]) for k in ("acc", "wf1"))],
    ]
    clips = run.metrics["n_clips"]
    whole = "is" if published.whole_clips(row.acc, clips) else "is not"
    return [
        "## Beside the paper",
        tables.markdown(["", "Acc", "WF1"], lines),
        f"{row.source}, {what}. Not the same measurement: the paper pre-trains on Aff-Wild2, "
        "lists neither its clips nor how they become one figure, and its authors' release keeps "
        "the epoch that is best on the held-out subject and scores several crops of each video. "
        f"Its {row.acc} % {whole} a whole number of these {clips} clips. Ours is one prediction "
        "per video, of a step that no tested subject chose, all folds pooled.",
    ]


# What the rows of `published` were made with.
_PAPER: dict[str, dict[str, Any]] = {
    "data": {"sampling": "even", "normalisation": "fixed"},
    "train": {"sampler": "uniform", "phase": "even"},
    "predict": {"phases": "even"},
    "loss": {
        "label_smoothing": 0.0, "focal_gamma": 0.0, "logit_adjustment": 0.0, "auxiliary": "none",
    },
    "protocol": {"name": "loso"},
    "tasks": {"mer": True, "flow": True, "landmarks": True},
    "model": {
        "crop": 128, "width": 128, "num_f5c": 1, "neighbours": 4, "fcc": "both", "ccc": True,
        "fusion": "concat", "flow_width": 1.0, "landmark_width": 1.0, "mer_width": 1.0,
    },
}  # fmt: skip


def _unlike_the_paper(settings: Mapping[str, Any]) -> list[str]:
    """Names the settings, as "tasks.flow = False", that make a run another one than the paper's."""
    return [
        f"{group}.{name} = {settings[group][name]}"
        for group, fields in _PAPER.items()
        for name, value in fields.items()
        if settings[group].get(name, value) != value
    ]
