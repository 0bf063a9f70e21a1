"""A user's own class view of any dataset: a table with the columns label and class.

    label,class
    happiness,positive
    disgust,negative
    others,

Classes stand in the order in which they first appear; an empty class leaves the label's clips out.
Every label that the dataset has must have its line, so that a misspelt one leaves nothing out; a
map may have lines for labels that it has not, and so serve several datasets.
"""

import dataclasses
import os
from collections.abc import Collection
from pathlib import Path

from data_builders.annotations.sheet import Line, read_sheet
from data_builders.views.view import View
from mol_jax.errors import UserError
from mol_jax.text import spelling


@dataclasses.dataclass(frozen=True)
class OwnMap(View):
    """A user's map. left_out: the labels whose clips it leaves out; there must be no others."""

    left_out: tuple[str, ...] = ()

    def settle(self, emotions: Collection[str]) -> View:
        forgotten = sorted(set(emotions) - set(self.mapping) - set(self.left_out))
        if forgotten:
            raise UserError(
                f"{self.name} has no line for the label {forgotten[0]!r} of {self.dataset}"
                f"{_more(forgotten)}: add one, with an empty class to leave its clips out"
            )
        return self


def read(dataset: str, file: Path) -> OwnMap:
    """Reads a map of labels to classes.

    Raises:
      UserError: if the file is no such table, names a label twice, or has fewer than two classes.
    """
    if not os.path.isfile(file):
        raise UserError(
            f"there is no file {file}: data.view names a view, or a CSV file with the columns "
            "label and class"
        )
    decided: dict[str, str] = {}
    lines = read_sheet(file, ("label", "class"))
    labels, named = (_names(file, lines, column) for column in ("label", "class"))
    for line, label, class_ in zip(lines, labels, named, strict=True):
        if not label:
            raise UserError(f"{file}, line {line.number}: the label is empty, expected one")
        if label in decided:
            raise UserError(
                f"{file}, line {line.number}: the label {label!r} is there a second time: remove "
                "one of them"
            )
        decided[label] = class_
    mapping = {label: class_ for label, class_ in decided.items() if class_}
    classes = tuple(dict.fromkeys(mapping.values()))
    if len(classes) < 2:
        raise UserError(
            f"{file} makes {', '.join(map(repr, classes)) or 'nothing'} the only class, expected "
            "two at least"
        )
    left_out = tuple(label for label in decided if label not in mapping)
    return OwnMap(
        name=file.name,
        dataset=dataset,
        classes=classes,
        mapping=mapping,
        rule=_rule(classes, mapping, left_out),
        expected_clips=None,
        expected_subjects=None,
        left_out=left_out,
    )


def _names(file: Path, lines: list[Line], column: str) -> list[str]:
    """A column's names, each in one spelling; empty where a cell is."""
    names = [_name(file, line, column) for line in lines]
    settled = spelling.settle(filter(None, names), what=column, where=str(file))
    return [settled[name] if name else "" for name in names]


def _name(file: Path, line: Line, column: str) -> str:
    try:
        text = spelling.clean(line[column]).lower()
    except UserError as error:
        raise UserError(f"{file}, line {line.number}: {error}") from None
    if not text.isprintable() or len(text) > 80 or (text and spelling.is_nothing(line[column])):
        raise UserError(
            f"{file}, line {line.number}: the {column} is {text[:40]!r}, expected a name of at "
            "most 80 printable characters, or nothing"
        )
    return text


def _rule(classes: tuple[str, ...], mapping: dict[str, str], left_out: tuple[str, ...]) -> str:
    """The map in words, as the rule of any other view."""
    of_class = {name: [label for label, to in mapping.items() if to == name] for name in classes}
    parts = [", ".join(f"{name} is {_listed(labels)}" for name, labels in of_class.items())]
    if left_out:
        parts.append(f"{_listed(list(left_out))} left out")
    return "; ".join((*parts, "a map of the user's own"))


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _more(names: list[str]) -> str:
    return f" and {len(names) - 1} more" if len(names) > 1 else ""
