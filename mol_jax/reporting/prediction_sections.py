"""The sections of a report about its predictions: by class, by person, and the wrong ones."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mol_jax.reporting import figures, lettering
from mol_jax.reporting.finished_run import Run
from mol_jax.scoring import mark
from mol_jax.scoring.confusion import by_subject, persons
from mol_jax.scoring.intervals import wilson
from mol_jax.scoring.score_tables import class_table, confusion_table, dataset_table, pooled_counts
from mol_jax.scoring.svm import reached
from mol_jax.text import tables

MANY = 20  # wrong predictions; more are folded away


def classes(run: Run, folder: Path) -> list[str]:
    """Gives the figures of each class and the confusion matrix."""
    if not run.metrics["pooled"]:
        return []
    numbered = figures.confusion(
        folder / "confusion.png",
        pooled_counts(run.predictions),
        run.predictions.classes,
        note=mark.short(run.metrics),
    )
    parts = [
        "## Classes",
        tables.markdown(*class_table(run.predictions)),
        "![Confusion matrix](figures/confusion.png)",
        *lettering.legend(numbered),
        tables.markdown(*confusion_table(run.predictions)),
    ]
    if len(run.metrics["per_dataset"]) > 1:
        parts += ["## Datasets", tables.markdown(*dataset_table(run.metrics))]
    return parts


def people(run: Run, folder: Path) -> list[str]:
    """Gives the accuracy of each held-out subject."""
    if not run.metrics["pooled"]:
        return []
    rows = run.predictions.rows
    counts = by_subject(rows, run.predictions.classes)
    several = len({row.dataset for row in rows}) > 1
    people = persons(rows)
    names = ["/".join(person) if several else person[1] for person in people]
    clips = counts.sum((-2, -1)).mean(0)
    right = counts.trace(axis1=-2, axis2=-1).mean(0)
    table = [
        [
            name,
            tables.count(all_),
            tables.count(hit),
            tables.with_span(hit / all_, wilson(hit, all_)),
        ]
        for name, all_, hit in zip(names, clips, right, strict=True)
    ]
    numbered = figures.subjects(
        folder / "subjects.png",
        dict(zip(names, right, strict=True)),
        dict(zip(names, clips, strict=True)),
        levels=_levels(run.metrics),
        note=mark.short(run.metrics),
    )
    return [
        "## Subjects",
        "Each subject's own clips, not the pooled score. The interval is Wilson's over those "
        "clips: of few it is wide, and two subjects whose intervals overlap are not shown to "
        "differ.",
        "![Share of each tested subject's clips that are right](figures/subjects.png)",
        *lettering.legend(numbered),
        tables.markdown(["subject", "clips", "right", "Acc [95 %]"], table),
    ]


def _levels(metrics: Mapping[str, Any]) -> dict[str, float]:
    """Returns the accuracies that the bars are seen against, by their names."""
    found = {"pooled over all clips": metrics["pooled"]["acc"]}
    svm = metrics["baselines"][reached.KEY]
    if svm:
        found[reached.NAME] = svm["acc"]
    names = {"random": "chance: random guesses", "majority": "majority class"}
    return found | {words: metrics["baselines"][key]["acc"] for key, words in names.items()}


def wrong(run: Run) -> list[str]:
    """Lists the clips that were not recognised, and as what they were taken."""
    rows = [row for row in run.predictions.rows if row.pred != row.true]
    if not run.metrics["pooled"] or not rows:
        return []
    several = len({row.dataset for row in run.predictions.rows}) > 1
    seeds = len({row.seed for row in run.predictions.rows}) > 1
    header = ["subject", "clip", *(["seed"] if seeds else []), "true", "predicted", "certainty"]
    lines = [
        [
            f"{row.dataset}/{row.subject}" if several else row.subject,
            row.clip,
            *([str(row.seed)] if seeds else []),
            row.true,
            row.pred,
            tables.percent(max(row.probs) if row.probs else None),
        ]
        for row in rows
    ]
    count = f"{len(rows)} of {len(run.predictions.rows)} predictions are wrong"
    table = tables.markdown(header, lines, left=len(header) - 1)
    said = "The certainty is the probability, in %, that the network gave the class it took."
    if len(rows) <= MANY:
        return ["## Wrong predictions", f"{count}. {said}", table]
    folded = f"<details><summary>All {len(rows)}</summary>\n\n{table}\n\n</details>"
    return ["## Wrong predictions", f"{count}. {said}", folded]
