"""The sections of a report. Each returns its paragraphs, an empty list where there is nothing."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mol_jax import figures, published, tables
from mol_jax.confusion import by_subject
from mol_jax.metrics import first_trial
from mol_jax.run import Run
from mol_jax.score import (
    SCORE_NOTE,
    class_table,
    confusion_table,
    dataset_table,
    mean_confusion,
    score_table,
    trial_table,
)

FEW_SUBJECTS = 20  # below, the interval over subjects is itself rough


def title(run: Run) -> list[str]:
    """Says what this is and, before anything else, whether the data is real."""
    name = f"{run.dataset['name']} {run.dataset['view']}"
    if not run.dataset["generated"]:
        return [f"# {name}"]
    return [
        f"# GENERATED DATA: {name}",
        "> **Generated faces, not people.** These figures show whether the implementation learns "
        "what it is given. They say nothing about any real dataset and must not be compared with "
        "published results, which this report therefore leaves out.",
    ]


def headline(run: Run) -> list[str]:
    """Gives the scores with their interval beside the baselines."""
    metrics = run.metrics
    parts = ["## Result"]
    if metrics["failed_folds"]:
        failed = "; ".join(replica_name(fold) for fold in metrics["failed_folds"])
        parts.append(
            f"**Incomplete: {len(metrics['failed_folds'])} replicas diverged and have no "
            f"prediction: {failed}.** {len(first_trial(run.predictions.rows))} of "
            f"{run.dataset['n_clips'] * len(run.settings['seeds'])} predictions were scored."
        )
    if not metrics["pooled"]:
        return [
            *parts,
            "Nothing was scored."
            if run.on("mer")
            else "Expression recognition was off in this run.",
        ]
    seeds = len(metrics["per_trial"][0]["per_seed"])
    table = score_table("this run" if seeds == 1 else f"mean of {seeds} seeds", metrics)
    return [*parts, _verdict(metrics), tables.markdown(*table), SCORE_NOTE, *_few(metrics)]


def _verdict(metrics: Mapping[str, Any]) -> str:
    """Says in one sentence where UF1 and its interval lie."""
    value, bounds = metrics["pooled"]["uf1"], metrics["ci95"]["uf1"]
    majority, random = (metrics["baselines"][name]["uf1"] for name in ("majority", "random"))
    text = (
        f"**UF1 {tables.with_span(value, bounds)}** over {metrics['n_clips']} clips of "
        f"{metrics['n_subjects']} subjects; the majority class reaches {tables.percent(majority)}, "
        f"random guesses {tables.percent(random)}."
    )
    if bounds is None:
        return text
    better = bounds[0] > max(majority, random)
    return text + (
        " The whole interval lies above both baselines."
        if better
        else " **The interval does not lie above both baselines: this is no evidence of learning.**"
    )


def _few(metrics: Mapping[str, Any]) -> list[str]:
    """Warns where there are few subjects to resample."""
    if metrics["n_subjects"] >= FEW_SUBJECTS:
        return []
    return [
        f"With {metrics['n_subjects']} subjects the interval is itself rough, and rather too "
        "narrow than too wide."
    ]


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
    if other:
        return [
            "## Beside the paper",
            f"The paper's figures for {what} are not shown: this run has {', '.join(other)}.",
        ]
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
        "per video after a fixed budget, all folds pooled.",
    ]


# What the rows of `published` were made with.
_PAPER: dict[str, dict[str, Any]] = {
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
        if settings[group][name] != value
    ]


def card(run: Run) -> list[str]:
    """Lists what has to be known to compare this result with another."""
    data, config = run.dataset, run.settings
    counts = ", ".join(f"{name} {count}" for name, count in data["class_counts"].items())
    protocol = config["protocol"]
    steps = config["train"]["steps"]
    names = {
        "loso": "leave one subject out",
        "kfold": f"{protocol['folds']} folds, subject-disjoint",
    }
    tasks = ", ".join(name for name, on in config["tasks"].items() if on)
    rows = {
        "dataset": data["name"] + (" (GENERATED)" if data["generated"] else ""),
        "view": f"{data['view']}: {data['rule']}",
        "label map": data["label_map_hash"],
        "clips": f"{data['n_clips']} ({counts})",
        "subjects": str(data["n_subjects"]),
        "protocol": names[protocol["name"]],
        "selection": f"none: a fixed budget of {steps} steps per fold, then one prediction",
        "seeds": ", ".join(str(seed) for seed in config["seeds"]),
        "tasks": tasks,
        "frames": _frames(config["data"]["frames"]),
        "alignment": config["data"]["alignment"],
        "missed frames": f"{data['missed_frames']} without a detected face, aligned as their "
        "neighbours",
        "repeated clips": f"{data['repeated_clips']} shorter than t, with repeated frames",
        "pre-training": "none",
    }
    return ["## Task card", tables.markdown(["", ""], [[k, v] for k, v in rows.items()], left=2)]


def _frames(t: int) -> str:
    """Says which frames of a clip were used."""
    return "t = 2, onset and apex" if t == 2 else f"t = {t}, evenly from onset to offset"


def classes(run: Run, folder: Path) -> list[str]:
    """Gives the figures of each class and the confusion matrix."""
    if not run.metrics["pooled"]:
        return []
    figures.confusion(
        folder / "confusion.png", mean_confusion(run.predictions), run.predictions.classes
    )
    parts = [
        "## Classes",
        tables.markdown(*class_table(run.predictions)),
        "![Confusion matrix](figures/confusion.png)",
        tables.markdown(*confusion_table(run.predictions)),
    ]
    if len(run.metrics["per_dataset"]) > 1:
        parts += ["## Datasets", tables.markdown(*dataset_table(run.metrics))]
    return parts


def people(run: Run, folder: Path) -> list[str]:
    """Gives the accuracy of each held-out subject."""
    if not run.metrics["pooled"]:
        return []
    rows = first_trial(run.predictions.rows)
    counts = by_subject(rows, run.predictions.classes)
    several = len({row.dataset for row in rows}) > 1
    people = sorted({(row.dataset, row.subject) for row in rows})
    names = ["/".join(person) if several else person[1] for person in people]
    clips = counts.sum((-2, -1)).mean(0)
    right = counts.trace(axis1=-2, axis2=-1).mean(0)
    table = [
        [name, tables.count(all_), tables.count(hit), tables.percent(hit / all_)]
        for name, all_, hit in zip(names, clips, right, strict=True)
    ]
    accuracy = dict(zip(names, right / clips, strict=True))
    whole = {name: round(float(n)) for name, n in zip(names, clips, strict=True)}
    figures.subjects(folder / "subjects.png", accuracy, whole)
    return [
        "## Subjects",
        "![Accuracy of each held-out subject](figures/subjects.png)",
        tables.markdown(["subject", "clips", "right", "Acc"], table),
    ]


def repeats(run: Run) -> list[str]:
    """Gives each trial and seed where there are several."""
    trials = run.metrics["per_trial"]
    if len(trials) < 2 and all(len(trial["per_seed"]) < 2 for trial in trials):
        return []
    return ["## Trials and seeds", tables.markdown(*trial_table(run.metrics))]


def curves(run: Run, folder: Path) -> list[str]:
    """Shows the training losses."""
    if not run.history:
        return []
    figures.curves(folder / "curves.png", run.history)
    return ["## Learning curves", "![Training losses](figures/curves.png)"]


def runtime(run: Run) -> list[str]:
    """Lists what was recorded of time and machine."""
    if not run.metrics["runtime"]:
        return []
    rows = [[key.replace("_", " "), str(value)] for key, value in run.metrics["runtime"].items()]
    return ["## Runtime", tables.markdown(["", ""], rows, left=2)]


def again(run: Run) -> list[str]:
    """Gives the command, the versions and every setting."""
    versions = [[name, version] for name, version in run.config["versions"].items()]
    built = json.dumps(run.dataset["built"], indent=2, ensure_ascii=False)
    settings = json.dumps(run.settings, indent=2, ensure_ascii=False)
    return [
        "## To repeat this",
        f"```\n{run.config['command']}\n```",
        f"Commit {run.config['git_commit'] or 'unknown'}. Scores again, without JAX: "
        "`python -m mol_jax.score predictions.csv`.",
        *_sessions(run),
        tables.markdown(["package", "version"], versions, left=2),
        f"<details><summary>Every setting</summary>\n\n```json\n{settings}\n```\n\n</details>",
        f"<details><summary>How the data was built</summary>\n\n```json\n{built}\n```\n\n"
        "</details>",
    ]


def _sessions(run: Run) -> list[str]:
    """Says where a run went on under another commit or other packages."""
    first, *later = run.config["sessions"]
    return [
        f"**Not of one piece:** it went on under commit {session['git_commit'] or 'unknown'}"
        + ("" if session["versions"] == first["versions"] else " and other package versions")
        + "."
        for session in later
    ]


def replica_name(fold: Mapping[str, Any]) -> str:
    """Names a replica for a reader."""
    return f"{fold['fold']}, trial {fold['trial']}, seed {fold['seed']}"
