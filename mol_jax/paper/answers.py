"""What was found about the paper's figures, read from attainable.csv, and the notes made of it.

`mol_jax.paper.attainable` writes that file; no note is written by hand.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mol_jax.paper.rows import Row, Table

FILE = Path(__file__).with_name("attainable.csv")
SCOPE = (
    "What cannot be: of every pair of Table VI and every Acc, of all methods alike, it was asked "
    "whether one prediction per video can give it (`python -m mol_jax.paper.attainable`). Zeros at "
    "the end of all figures of a method are taken as not printed by its source: 87.00 is asked as "
    "87.0. Means over folds, several clips or crops of a video, and other clips than those named "
    "can give other figures."
)


@dataclass(frozen=True)
class Answer:
    """The answer to one question; all text, as attainable.csv has it.

    table, row: the number of the table and the name of its row. figures: as --feasible takes them.
    clips: how many, or those of each class, "70/51/43". rounded, cut_off: "yes", "no", or "" where
    it is not decided, for digits that were rounded and digits that were cut off; cut_off is asked
    where rounded is "no". below, above: the nearest UF1 at that UAR, percent, "" for none. means:
    whether means of several such runs can give the pair, "" where that is not known.
    """

    table: str
    row: str
    figures: str
    clips: str
    rounded: str
    cut_off: str = ""
    below: str = ""
    above: str = ""
    means: str = ""


@cache
def read() -> tuple[Answer, ...]:
    """Returns the answers of attainable.csv, in the order of the tables."""
    with FILE.open(newline="", encoding="utf-8") as file:
        return tuple(Answer(**line) for line in csv.DictReader(file))


def note(table: Table, row: Row) -> str:
    """Says that a row's figures cannot be, "" where they can."""
    found = _of(table, row)
    if not found or any(answer.rounded != "no" for answer in found):
        return ""
    return _pair(found[0]) if "/" in found[0].clips else _accuracy(found)


def notes(table: Table) -> list[str]:
    """Returns what stands below a table: a line for each pair that cannot be, and for each set of
    clips a line of the accuracies that cannot be.
    """
    lines = []
    groups: dict[tuple[str, str], list[str]] = {}
    for row in (row for row in table.rows if not row.again):
        found, text = _of(table, row), note(table, row)
        if found and "/" in found[0].clips:
            lines += [f"{row.name}: {text}"] if text else []
        elif found:
            clips = _or([answer.clips for answer in found])
            groups.setdefault((row.on, clips), []).extend([_short(row, found)] if text else [])
    for (on, clips), rows in groups.items():
        where = f"{on}: " if on else ""
        text = f"{where}Acc that is no whole number of {clips} clips: {', '.join(rows)}."
        lines += [text] if rows else []
    return lines


def _of(table: Table, row: Row) -> list[Answer]:
    """Returns the answers about a row; those of a row that is run again are the first one's."""
    first = next(
        other
        for other in table.rows
        if other == row or (row.again and (other.label, other.figures) == (row.label, row.figures))
    )
    return [one for one in read() if (one.table, one.row) == (table.number, first.name)]


def _pair(answer: Answer) -> str:
    """Says what UF1 can be beside the UAR of a pair."""
    uf1, uar = (_value(part) for part in answer.figures.split(","))
    near = [f"{answer.below} or less"] if answer.below else []
    near += [f"about {answer.above} or more"] if answer.above else []
    text = f"UF1 {uf1} is not possible at UAR {uar} for {answer.clips} clips per class"
    text += f" (there it is {', or '.join(near)})" if near else ""
    if answer.means == "no":
        text += ", nor as means of such runs"
    if answer.cut_off == "yes":
        text += ", unless digits are cut off instead of rounded"
    return f"{text}."


def _accuracy(found: Sequence[Answer]) -> str:
    """Says that an accuracy is no whole number of any of some numbers of clips."""
    text = f"Acc {_value(found[0].figures)} is no whole number of {_or([a.clips for a in found])}"
    cut = [answer.clips for answer in found if answer.cut_off == "yes"]
    return f"{text} clips{f', unless cut off to it of {_or(cut)}' if cut else ''}."


def _short(row: Row, found: Sequence[Answer]) -> str:
    """Names a row and its accuracy: "MER-Supcon 89.65 (of 145 if cut off)"."""
    cut = [answer.clips for answer in found if answer.cut_off == "yes"]
    more = f" (of {_or(cut)} if cut off instead of rounded)" if cut else ""
    return f"{row.label} {_value(found[0].figures)}{more}"


def _value(figure: str) -> str:
    return figure.partition("=")[2]


def _or(words: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
