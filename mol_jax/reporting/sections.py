"""The sections of a report. Each returns its paragraphs, an empty list where there is nothing."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ml_collections import ConfigDict

from mol_jax.data import apex_source
from mol_jax.paper.mol import differences
from mol_jax.reporting import (
    choice_sections,
    figures,
    options,
    protocol_sections,
    weight_sections,
)
from mol_jax.reporting.finished_run import Run
from mol_jax.reporting.trial_sections import incomplete, protocol_name, which_trial
from mol_jax.scoring import mark
from mol_jax.scoring.pages import cautions
from mol_jax.scoring.score_tables import SCORE_NOTE, score_table
from mol_jax.scoring.svm import words
from mol_jax.settings.find import BUILT_IN, find
from mol_jax.text import tables

FEW_SUBJECTS = 20  # below, the interval over subjects is itself rough


def title(run: Run) -> list[str]:
    """Says what this is and, before anything else, whether the data is real."""
    name = tables.escaped(f"{run.dataset['name']} {run.dataset['view']}")
    if not run.dataset["generated"]:
        return [f"# {name}"]
    if 0 < run.metrics.get("generated_clips", 0) < run.metrics["n_clips"]:
        return [f"# PARTLY GENERATED DATA: {name}", f"> **{mark.sentence(run.metrics)}**"]
    return [
        f"# GENERATED DATA: {name}",
        "> **Generated faces, not people.** These figures show whether the implementation learns "
        "what it is given. They say nothing about any real dataset and must not be compared with "
        "published results, which this report therefore leaves out.",
    ]


def headline(run: Run) -> list[str]:
    """Gives the scores of the first trial with their interval beside the baselines."""
    metrics = run.metrics
    notes = protocol_sections.notes(run.metrics)
    parts = ["## Result", *which_trial(run), *incomplete(run), *notes]
    if not metrics["pooled"]:
        off = "Expression recognition was off in this run."
        return [*parts, "Nothing was scored." if run.on("mer") else off]
    seeds = len(metrics["per_trial"][0]["per_seed"])
    label = run.label if seeds == 1 else f"mean of {seeds} seeds"
    table = score_table(mark.named(label, metrics), metrics)
    floor = " ".join(words.sentences(metrics, this=run.label))
    said = [_verdict(metrics), floor, *protocol_sections.spread(run)]
    return [*parts, *said, tables.markdown(*table), SCORE_NOTE, *_few(metrics)]


def _verdict(metrics: Mapping[str, Any]) -> str:
    """Says in one sentence where UF1 and its interval lie."""
    value, bounds = metrics["pooled"]["uf1"], metrics["ci95"]["uf1"]
    majority, random = (metrics["baselines"][name]["uf1"] for name in ("majority", "random"))
    score = f"**UF1 {tables.with_span(value, bounds)}{cautions.protocol_mark(metrics)}**"
    text = (
        f"{score} over {metrics['n_clips']} clips of {metrics['n_subjects']} subjects; the "
        f"majority class reaches {tables.percent(majority)}, random guesses "
        f"{tables.percent(random)}."
    )
    if bounds is None:
        return text
    better = bounds[0] > max(majority, random)
    return text + (
        " The whole interval lies above both."
        if better
        else " **The interval does not lie above both: this is no evidence of learning.**"
    )


def _few(metrics: Mapping[str, Any]) -> list[str]:
    """Warns where there are few subjects to resample."""
    if metrics["n_subjects"] >= FEW_SUBJECTS:
        return []
    return [
        f"With {metrics['n_subjects']} subjects the interval is itself rough, and rather too "
        "narrow than too wide."
    ]


def card(run: Run) -> list[str]:
    """Lists what has to be known to compare this result with another."""
    data, config = run.dataset, run.settings
    counts = ", ".join(f"{name} {count}" for name, count in data["class_counts"].items())
    tasks = ", ".join(name for name, on in config["tasks"].items() if on)
    fields = differences.fields_of(config)
    of_mol = True if fields["model.network"] == "mol" else None  # whose paper it is
    rows = {
        "dataset": data["name"] + (" (GENERATED)" if data["generated"] else ""),
        "view": f"{data['view']}: {data['rule']}{_not_the_rules(data)}",
        "label map": data["label_map_hash"],
        "clips": f"{data['n_clips']} ({counts})",
        "subjects": str(data["n_subjects"]),
        "protocol": protocol_name(run),
        "trials": _trials(run),
        "selection": _selection(run),
        "seeds": ", ".join(str(seed) for seed in config["seeds"]),
        "tasks": tasks,
        "frames": _frames(run),
        "alignment": config["data"]["alignment"],
        "apex": _apexes(data, config),
        "flow": config["data"]["flow"],
        "parameters": _parameters(run),
        "not the defaults": options.changed(fields),
        "unlike the paper": of_mol
        and ("; ".join(differences.unlike(fields).values()) or "nothing"),
        "paper silent": of_mol and _silent(differences.unsaid(fields)),
        "missed frames": f"{data['missed_frames']} without a detected face, aligned as their "
        "neighbours",
        "repeated clips": f"{data['repeated_clips']} shorter than t, with repeated frames",
        "pre-training": weight_sections.row(run),
    }
    lines = [[name, text] for name, text in rows.items() if text is not None]
    return ["## Task card", tables.markdown(["", ""], lines, left=2)]


def _not_the_rules(data: Mapping[str, Any]) -> str:
    """Says how many clips there are where the words of the view speak of others."""
    numbers = re.findall(r"(\d+) clips", data["rule"])
    if not numbers or str(data["n_clips"]) in numbers:
        return ""
    return f"; this run has {data['n_clips']} clips of {data['n_subjects']} subjects"


def _parameters(run: Run) -> str | None:
    """Returns how many numbers a fold's network trains; None of a run from before they counted."""
    count = (run.metrics["runtime"] or {}).get("parameters")
    return f"{count:,} trained in each fold" if count else None


def _trials(run: Run) -> str:
    """Says how many trials there are and which one the card is of."""
    if len(run.trials) == 1:
        return "1"
    return f"{len(run.trials)}; this card is of trial {run.trial} ({run.trials[run.trial]})"


def _selection(run: Run) -> str:
    """Says by whom something was chosen: never by the scores of the held-out subjects."""
    by, budget = choice_sections.how(run)
    if len(run.trials) == 1:
        return f"{by}: {budget}"
    return (
        f"{by} for trial {run.trial}, shown because it is the first: {budget}; the trial that the "
        "table marks as the best was picked by test scores"
    )


def _silent(unsaid: differences.Unsaid) -> str:
    """Says what stands where the paper is silent, and what of it is its authors' release's."""
    release = [f"as in its release: {', '.join(unsaid.release)}"] if unsaid.release else []
    return "; ".join((*release, *unsaid.other, *unsaid.ours))


def _frames(run: Run) -> str:
    """Says which frames of a clip were used."""
    config = run.settings
    if config["model"].get("sequence") or _fitted_to_ten(run):  # whatever data.frames is
        return "ten, interpolated at even times from onset to offset (TIM)"
    data = config["data"]
    t, phases = data["frames"], data.get("phases", 0)
    if t == 2:
        return "t = 2, onset and apex"
    if data.get("sampling") == "tim":
        return f"t = {t}, interpolated at even times from onset to offset (TIM)"
    more = f", and up to {phases} shifted samples of each video" if phases else ""
    return f"t = {t}, evenly from onset to offset{more}"


def _fitted_to_ten(run: Run) -> bool:
    """Tells whether its features are of ten interpolated frames, as those of LBP-TOP."""
    network = run.settings["model"].get("network")
    if not run.fitted or network not in BUILT_IN:
        return False
    return "tim_frames" in find(network).reads(ConfigDict(run.settings))


def _apexes(data: Mapping[str, Any], config: Mapping[str, Any]) -> str | None:
    """Says which frames are taken for apexes; None where nothing that is read depends on it."""
    if "apexes" not in data:
        return None
    return apex_source.words(config["data"]["apex_source"], data["apexes"])


def curves(run: Run, folder: Path) -> list[str]:
    """Shows the training losses: the total, and its terms as they are weighted."""
    if not run.history:
        return []
    figures.curves(folder / "curves.png", run.history, note=mark.short(run.metrics))
    return [
        "## Learning curves",
        "![Training losses](figures/curves.png)",
        "The terms are as weighted: they sum to the total.",
    ]
