"""The sections of a report about its protocol: the leakage audit, and what one model is worth."""

from collections.abc import Mapping
from typing import Any

from mol_jax.protocol import audit
from mol_jax.reporting.finished_run import Run
from mol_jax.scoring import mark as generated
from mol_jax.text import tables


def notes(metrics: Mapping[str, Any]) -> list[str]:
    """Returns the sentences that must stand beside a score: leaks, and what it is not."""
    marked = generated.sentence(metrics)
    return [*([f"**{marked}**"] if marked else []), *leaks(metrics)]


def leaks(metrics: Mapping[str, Any]) -> list[str]:
    """Returns what the audit of a run says against its scores."""
    found = metrics.get("audit")  # a run from before there was one has none
    return audit.leaks(found) if found else []


_MAJORITY = "The majority class here is that of the tested clips."


def spread(run: Run) -> list[str]:
    """Says how far one model's score moves with its seed, under a protocol that tests one."""
    if run.settings["protocol"]["name"] != "cross" or not run.metrics["pooled"]:
        return []
    (first, *_) = (one for one in run.metrics["per_trial"] if one["trial"] == run.trial)
    seeds = len(first["per_seed"])
    if seeds == 1:
        return [
            _MAJORITY,
            "**One model was trained and tested, so how far its score moves with the seed is not "
            "known:** the interval is over the tested subjects alone. Give `seeds` several.",
        ]
    values = [one["uf1"] for one in first["per_seed"]]
    return [
        _MAJORITY,
        f"One model is tested for each seed: UF1 {tables.percent(first['mean']['uf1'])} ± "
        f"{tables.percent(first['sd']['uf1'])} (sd over {seeds} seeds, from "
        f"{tables.percent(min(values))} to {tables.percent(max(values))}). The interval is over "
        "the tested subjects, and holds none of that spread.",
    ]


def leakage(run: Run) -> list[str]:
    """Says what the audit of the folds found."""
    found = run.metrics.get("audit")
    if not found:
        return []
    said = audit.words(found, scored=run.on("mer"))
    return ["## Leakage audit", "\n".join(f"- {sentence}" for sentence in said)]
