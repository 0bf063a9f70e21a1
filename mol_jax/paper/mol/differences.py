"""What sets a run's settings apart from the paper's, by the table of all fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mol_jax import settings
from mol_jax.paper.mol.row_settings import MOL, instead
from mol_jax.settings import FIELDS
from mol_jax.settings.fields import ABOVE_0, Field, NoResult, OfRow, OnlyWhere, Silent

_PAPERS = settings.declared("mol")
NOT_RECORDED = "not recorded"  # of a field that is younger than the run


@dataclass(frozen=True)
class Unsaid:
    """The fields that the paper is silent on, each as "train.steps = 1000".

    release: as in its authors' release. other: not so, with the release's value. ours: of which the
    release's is not known, or which count because of another field that the paper does not have.
    """

    release: tuple[str, ...]
    other: tuple[str, ...]
    ours: tuple[str, ...]


def fields_of(recorded: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the value of every field by its dotted name, lists as the tuples they were.

    recorded: the config as config.json holds it; a run may be older or younger than a field.
    """
    flat = settings.flatten(recorded)
    plain = {name: tuple(v) if isinstance(v, list) else v for name, v in flat.items()}
    return dict.fromkeys(known(plain), NOT_RECORDED) | plain


def known(fields: Mapping[str, Any]) -> Mapping[str, Field]:
    """Returns what is declared of a run's fields: all of the paper's network, else the common ones.

    Another network's may be a file that is gone by now, and the paper has nothing to say of them.
    """
    return _PAPERS if fields.get("model.network") == "mol" else FIELDS


def unlike(fields: Mapping[str, Any]) -> dict[str, str]:
    """Names what is not the paper's: {"data.flow": "data.flow = dis (paper: tvl1)"}."""
    markers = NoResult | OfRow | OnlyWhere | Silent
    named, declared = {}, known(fields)
    for name, value in fields.items():
        if name.startswith("model.") and declared is FIELDS and name not in FIELDS:
            continue  # of another network
        if name not in declared:  # of another version: what it changes is not known here
            named[name] = f"{name} = {written(value)} (no field here)"
            continue
        paper = MOL[name] if instead(name, fields) else declared[name].paper
        if not isinstance(paper, markers) and value != paper:
            named[name] = f"{name} = {written(value)} (paper: {written(paper)})"
    return named


def unsaid(fields: Mapping[str, Any]) -> Unsaid:
    """Names what the paper is silent on, and what a run has there."""
    release, other, ours = [], [], []
    for name, field in known(fields).items():
        text = f"{name} = {written(fields[name])}"
        if isinstance(field.paper, Silent) and field.paper.release == fields[name]:
            release.append(text)
        elif isinstance(field.paper, Silent) and field.paper.release is not None:
            other.append(f"{text} (release: {written(field.paper.release)})")
        elif isinstance(field.paper, Silent) or (
            isinstance(field.paper, OnlyWhere) and counts(field.paper, fields)
        ):
            ours.append(text)
    return Unsaid(tuple(release), tuple(other), tuple(ours))


def counts(only: OnlyWhere, fields: Mapping[str, Any]) -> bool:
    """Tells whether a field that counts only beside others does so here."""
    return any(
        isinstance(fields[name], float | int) and fields[name] > 0
        if value is ABOVE_0
        else fields[name] == value
        for name, value in only.others.items()
    )


def written(value: Any) -> str:
    """Writes a value for a reader: "5e-05", "clip", "0, 1"."""
    if isinstance(value, tuple):
        return ", ".join(map(written, value)) or "none"
    short = f"{value:g}" if isinstance(value, float) else str(value)
    return repr(value) if isinstance(value, float) and float(short) != value else short or "none"
