"""The sections of a report about what was chosen by held-in people, and about the leaky oracle."""

import statistics
from collections import Counter
from collections.abc import Mapping
from typing import Any

from mol_jax.reporting import protocol_sections
from mol_jax.reporting.finished_run import Run
from mol_jax.scoring import mark
from mol_jax.scoring.chosen_step import gap_words
from mol_jax.scoring.pages import cautions
from mol_jax.scoring.svm import reached, words
from mol_jax.scoring.trial_tables import TITLES
from mol_jax.text import tables
from mol_jax.text.words import counted

LEAKY = "LEAKY, not a result: each fold keeps the step that is best on the very people it holds out"


def how(run: Run) -> tuple[str, str]:
    """Says by whom the step that is tested was chosen, and how, for the task card."""
    selection, steps = run.settings["selection"], run.settings["train"]["steps"]
    if run.fitted:
        return "none", (
            f"fitted once to each fold's training rows{_chosen_c(run)}, then one prediction"
        )
    if selection["name"] == "fixed":
        return "none", f"a fixed budget of {steps} steps per fold, then one prediction"
    if not selection["every"]:
        return "by held-in people", (
            f"the last of {steps} steps, as selection.every is 0; only the trial of each fold is "
            "chosen by people held in and not trained on"
        )
    share = selection["validation"]
    people = f"{100 * share:g} % of each" if share < 1 else f"{share:g} of each"
    return "by held-in people", (
        f"of each fold the step with the best UF1 on {people} fold's training persons, who were "
        f"held in and not trained on, looked at every {selection['every']} of {steps} "
        f"steps{_chosen(run)}; then one prediction"
    )


def selected(run: Run) -> list[str]:
    """Gives the result of choosing the trial of each fold by its held-in people."""
    found = run.metrics.get("selected")
    if not found:
        return []
    counts = Counter(pick["trial"] for pick in found["picks"])
    picks = ", ".join(f"trial {trial} {times}×" for trial, times in sorted(counts.items()))
    name = mark.named("selected", run.metrics) + cautions.protocol_mark(run.metrics)
    row = [name, str(found["n_clips"])]
    row += [tables.with_span(found["pooled"][key], found["ci95"][key]) for key in TITLES]
    svm = [reached.NAME, str(run.metrics["n_clips"])]
    svm += words.score_cells(run.metrics, list(TITLES))
    return [
        "## Selected",
        "The trial of each fold and seed with the best score on the people held in"
        + (", by whom its step was chosen too. " if run.settings["selection"]["every"] else ". ")
        + _worth(run),
        tables.markdown(["", "clips", *TITLES.values()], [row, svm]),
        f"Chosen: {picks}. Its predictions are `selected.csv`.",
        *_held_in(run),
    ]


def _held_in(run: Run) -> list[str]:
    """Gives each trial's score on the held-in people of all folds, in one line."""
    scores = run.metrics.get("held_in")
    if not scores:
        return []
    clips = {one["n_clips"] for one in scores}
    parts = [
        f"{run.trials[one['trial']]} {tables.percent(one['uf1'])} / {tables.percent(one['acc'])}"
        + (f" (of {one['n_clips']})" if len(clips) > 1 else "")
        for one in scores
    ]
    text = f"Held-in people of all folds pooled, UF1 / Acc: {'; '.join(parts)}."
    if len(clips) > 1 or run.metrics["failed_folds"] or run.metrics["missing_folds"]:
        return [f"{text} Folds are missing, so they name no trial for all folds yet."]
    best = max(scores, key=lambda one: one["uf1"])  # the first of equals
    paper = ", as the paper chose its one k" if _neighbours_differ(run) else ""
    return [
        f"{text} By them one trial for all folds would be {run.trials[best['trial']]}{paper}. That "
        "choice is not sealed: the people held in by a fold are tested by others."
    ]


def _neighbours_differ(run: Run) -> bool:
    return any("model.neighbours" in one["values"] for one in run.config["trials"])


def oracle(run: Run) -> list[str]:
    """Shows what choosing steps by the tested people would have pretended."""
    found = run.metrics.get("leaky_oracle")
    if not found:
        return []
    lines = [
        [_name(run, one["trial"]), title]
        + [tables.percent(one[name][key]) for name in ("honest", "leaky")]
        + [gap_words(one, key).rpartition(" ")[2]]
        for one in found
        for key, title in TITLES.items()
    ]
    header = ["", "%", "honest", "LEAKY (not a result)", "gap"]
    return [
        "## What leaking would pretend",
        f"**{LEAKY}**, by the clips it gets right. UF1 of {_name(run, found[0]['trial'])}"
        f"{cautions.protocol_mark(run.metrics)}: {gap_words(found[0])}.",
        tables.markdown(header, lines, left=2),
    ]


def console_lines(metrics: Mapping[str, Any]) -> list[str]:
    """Returns what the console says of both, from the content of metrics.json."""
    lines, marked = [], cautions.protocol_mark(metrics)
    if metrics.get("selected"):
        found = metrics["selected"]
        score = tables.with_span(found["pooled"]["uf1"], found["ci95"]["uf1"])
        score += f" ({mark.WORD})" * bool(metrics.get("generated_clips"))
        lines.append(f"selected by held-in people, trial by fold: UF1 {score}{marked}")
    if metrics.get("leaky_oracle"):
        first = metrics["leaky_oracle"][0]
        lines.append(f"{LEAKY}. UF1 of trial {first['trial']}: {gap_words(first)}{marked}")
    return lines


def _worth(run: Run) -> str:
    """Says what the selected result may be reported as."""
    audit = run.metrics.get("audit") or {}
    if protocol_sections.leaks(run.metrics) or not audit.get("subject_independent"):
        return "It is no better founded than the protocol: see the leakage audit."
    if run.metrics["failed_folds"] or run.metrics["missing_folds"]:
        return "Folds are missing, so it is no result of the whole search yet."
    return (
        "The tested people took no part, so this may be reported as the result of the whole search."
    )


def _chosen(run: Run) -> str:
    chosen = run.metrics.get("chosen_steps") or []
    steps = [one["step"] for one in chosen if one["trial"] == run.trial]
    if not steps:
        return ""
    return f" (chosen: {min(steps)} to {max(steps)}, median {statistics.median(steps):g})"


def _chosen_c(run: Run) -> str:
    chosen = run.metrics.get("chosen_c") or []
    counts = Counter(one["c"] for one in chosen if one["trial"] == run.trial)
    if not counts:
        return ""
    folds = ", ".join(f"{c:g} in {counted(times, 'fold')}" for c, times in sorted(counts.items()))
    return f" (C chosen by people of these: {folds})"


def _name(run: Run, trial: int) -> str:
    return "this run" if len(run.trials) == 1 else f"trial {trial}"
