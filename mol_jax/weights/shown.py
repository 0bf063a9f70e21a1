"""What there is to say of a file of weights: its card, its parts and its checksum, as a page."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mol_jax.text import tables
from mol_jax.text.words import counted, shortened
from mol_jax.weights import names
from mol_jax.weights.card import Card
from mol_jax.weights.file import Weights


def page(path: Path, weights: Weights) -> str:
    """Returns the page in Markdown."""
    card, numbers = weights.card, by_part(weights)
    rows = {
        "network": card.network,
        "fields": assigned(card.model),
        "tasks": ", ".join(card.tasks),
        "input": f"crop {card.crop} px, {card.frames} frames, grey levels {card.normalisation}"
        + (f", motion magnified, alpha {card.magnify}" if card.magnify else ""),
        "classes": ", ".join(card.classes) or "none",
        "trained on": assigned(card.origin),
        "people seen": people(card),
        "steps": f"{card.steps:,}",
        "parameters": f"{sum(numbers.values()):,} in {weights.dtype}",
        "licence": card.licence,
        "versions": assigned(card.versions),
        "figures": assigned(card.figures),
        "SHA-256": weights.sha256,
    }
    lines = [[name, text or "none"] for name, text in rows.items()]
    parts = [[name, f"{count:,}"] for name, count in numbers.items()]
    return "\n\n".join(
        [
            f"# Weights: {tables.escaped(path.name)}",
            tables.markdown(["", ""], lines, left=2),
            "## Parts",
            tables.markdown(["part", "parameters"], parts),
        ]
    )


def people(card: Card) -> str:
    """Says whom the weights have seen."""
    if card.generated:
        return "nobody: generated faces only"
    return f"{counted(len(card.persons), 'person')} ({shortened(card.persons, between=', ')})"


def assigned(values: Mapping[str, Any]) -> str:
    """Writes names and their values in one line."""
    return ", ".join(f"{name} {_short(value)}" for name, value in values.items())


def by_part(weights: Weights) -> dict[str, int]:
    """Returns how many numbers each top-level module has, in the order of their names."""
    counts: dict[str, int] = {}
    for name, leaf in sorted(names.flat(weights.params).items()):
        part = name.partition("/")[0]
        counts[part] = counts.get(part, 0) + int(leaf.size)
    return counts


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"({assigned(value)})"
    if isinstance(value, list | tuple):
        return "/".join(map(_short, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
