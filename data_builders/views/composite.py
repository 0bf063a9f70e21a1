"""Composites: built datasets joined when they are loaded, each through a view of its own.

`data.name = "composite"` and `data.view` one of `NAMED`, or views joined by "+", as in
"casme2/3class_naive+samm/3class". Classes are joined by name, never by number.
"""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from data_builders.views.view import COMPOSITE, View
from mol_jax.errors import UserError

NAMED = {
    "megc2019": (
        "casme2/3class_megc2019+smic/3class+samm/3class",
        "MEGC2019's composite of CASME II, SMIC HS and SAMM, 442 clips of 68 subjects",
    ),
}
EXAMPLE = "casme2/3class_naive+samm/3class"


@dataclasses.dataclass(frozen=True)
class Composite(View):
    """A view of several datasets, whose class names are the same. parts: their own views."""

    parts: tuple[View, ...] = ()

    def label(self, record: Mapping[str, Any]) -> str | None:
        """The class that the view of the record's own dataset gives it."""
        own = {part.dataset: part for part in self.parts}
        return own[record["dataset"]].label(record) if record["dataset"] in own else None

    def settle(self, emotions: Collection[str]) -> View:
        raise AssertionError("every part is settled by the emotions of its own dataset")

    @property
    def label_map_hash(self) -> str:
        """Eight hex characters that change when a part labels any record differently."""
        decides = sorted((part.dataset, part.label_map_hash) for part in self.parts)
        text = json.dumps([COMPOSITE, self.classes, decides])
        return hashlib.sha256(text.encode()).hexdigest()[:8]


def parts_of(view: View) -> tuple[View, ...]:
    """The views whose datasets are to be read: those of a composite, or the view itself."""
    return view.parts if isinstance(view, Composite) else (view,)


def read(name: str, get_view: Callable[[str, str], View]) -> Composite:
    """The composite that `data.view` names; get_view: finds the view of a part.

    Raises:
      UserError: if it is no composite, a part is not known, or the parts' classes differ.
    """
    joined, rule = NAMED.get(name.strip(), (name, None))
    texts = [text.strip() for text in joined.split("+")]
    if rule is None and (len(texts) < 2 or not all(texts)):
        raise UserError(
            f"the composite {name!r} is none of {', '.join(NAMED)}, nor two views or more joined "
            f"by '+': write it as {EXAMPLE}"
        )
    parts = tuple(_part(text, get_view) for text in texts)
    _check_datasets(parts)
    _check_classes(parts)
    spelled = [f"{part.dataset}/{part.name}" for part in parts]
    known = zip(spelled, parts, strict=True)
    return Composite(
        name=name.strip() if rule else "+".join(spelled),
        dataset=COMPOSITE,
        classes=parts[0].classes,
        mapping={class_: class_ for class_ in parts[0].classes},
        rule="; ".join([*filter(None, [rule]), *(f"{text}: {part.rule}" for text, part in known)]),
        expected_clips=_sum([part.expected_clips for part in parts]),
        # The cameras of one study film the same people, who count once: how many is not known.
        expected_subjects=None
        if len({_people(part) for part in parts}) < len(parts)
        else _sum([part.expected_subjects for part in parts]),
        parts=parts,
    )


def _part(text: str, get_view: Callable[[str, str], View]) -> View:
    dataset, slash, view = text.partition("/")
    if not slash or not dataset.strip() or not view.strip():
        raise UserError(
            f"the composite's part {text!r} is no view of a dataset, expected DATASET/VIEW: write "
            f"the parts as {EXAMPLE}"
        )
    if dataset.strip() == COMPOSITE:
        raise UserError(
            f"the composite's part {text!r} is itself a composite: write the parts of that instead"
        )
    return get_view(dataset.strip(), view.strip())


def _check_datasets(parts: tuple[View, ...]) -> None:
    names = [part.dataset for part in parts]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise UserError(
            f"the composite has {twice} twice, expected a dataset once: leave one of its views out"
        )


def _check_classes(parts: tuple[View, ...]) -> None:
    first = parts[0]
    for part in parts:
        if not part.classes:
            raise UserError(
                f"{part.dataset}/{part.name} has no classes before it is built, and a composite "
                f"needs them: give {part.dataset} a map of labels to classes (a .csv file)"
            )
        if set(part.classes) != set(first.classes):
            raise UserError(
                f"{part.dataset}/{part.name} has the classes {', '.join(part.classes)}, but "
                f"{first.dataset}/{first.name} {', '.join(first.classes)}: choose views with the "
                "same class names"
            )


def _people(part: View) -> str:
    """smic for smic, smic_vis, smic_nir and smic_hs_e."""
    return part.dataset.partition("_")[0]


def _sum(numbers: list[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None
