"""What sets a run's settings apart from the paper's, by the table of all fields."""

from collections.abc import Mapping
from typing import Any

from mol_jax import settings
from mol_jax.settings import FIELDS
from mol_jax.settings.fields import NoResult, OfRow, OnlyWhere, Silent

NOT_RECORDED = "not recorded"  # of a field that is younger than the run


def fields_of(recorded: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the value of every declared field by its dotted name, lists as the tuples they were.

    recorded: the config as config.json holds it.
    """
    flat = settings.flatten(recorded)
    plain = {name: tuple(v) if isinstance(v, list) else v for name, v in flat.items()}
    return dict.fromkeys(FIELDS, NOT_RECORDED) | plain


def unlike(fields: Mapping[str, Any]) -> list[str]:
    """Names what is not the paper's, as "data.alignment = clip (paper: per_frame)"."""
    return [
        f"{name} = {written(fields[name])} (paper: {written(field.paper)})"
        for name, field in FIELDS.items()
        if not isinstance(field.paper, NoResult | OfRow | OnlyWhere | Silent)
        and fields[name] != field.paper
    ]


def other_row(fields: Mapping[str, Any]) -> list[str]:
    """Names what makes a run another one than MOL itself, as "tasks.flow = False"."""
    return [
        f"{name} = {written(fields[name])}"
        for name, field in FIELDS.items()
        if isinstance(field.paper, OfRow)
        and field.paper.mol not in (None, fields[name])
        and name != "data.frames"
    ]


def unsaid(fields: Mapping[str, Any]) -> list[str]:
    """Names what the paper is silent on, as "train.steps = 500 (release: 1000)".

    With it go the fields that count because of another one, as those of a choice by held-in people.
    """
    return [
        f"{name} = {written(fields[name])}{_release(field.paper, fields[name])}"
        for name, field in FIELDS.items()
        if isinstance(field.paper, Silent)
        or (isinstance(field.paper, OnlyWhere) and _counts(field.paper, fields))
    ]


def _counts(only: OnlyWhere, fields: Mapping[str, Any]) -> bool:
    return any(fields[name] == value for name, value in only.others.items())


def _release(paper: Silent | OnlyWhere, value: Any) -> str:
    """Says what the authors' release has in place of a value, if that is known."""
    if isinstance(paper, OnlyWhere) or paper.release is None:
        return ""
    return " (the release's)" if value == paper.release else f" (release: {written(paper.release)})"


def written(value: Any) -> str:
    """Writes a value for a reader: 5e-05, clip, 0 and 1."""
    if isinstance(value, tuple):
        return " and ".join(map(written, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
