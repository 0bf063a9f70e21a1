"""What was found about a paper's figures, read from its attainable.csv, and the notes made of it.

`mol_jax.paper.attainable` writes that file; no note of this kind is written by hand.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mol_jax.paper.rows import Row, Table

BETWEEN = " + "  # of the parts of a line, where they are asked for together


@dataclass(frozen=True)
class Answer:
    """The answer to one question; all text, as attainable.csv has it.

    table, row: the number of the table and the name of its row. figures: as --feasible takes them.
    clips: how many, or those of each class, "70/51/43"; where a composite and its parts are asked
    for together, row is the label alone, and both are of each part, the composite's figures last.
    rounded, cut_off: "yes", "no", or "" where it is not decided, for digits that were rounded and
    digits that were cut off; cut_off is asked where rounded is "no". below, above: the nearest UF1
    at that UAR, percent, "" for none. means: whether means of several such runs can give the pair,
    "" where that is not known.
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


def file_of(paper: str) -> Path:
    """Returns where the answers about a paper's figures are kept."""
    return Path(__file__).parent / paper / "attainable.csv"


@cache
def read(paper: str) -> tuple[Answer, ...]:
    """Returns the answers about a paper's figures, in the order of its tables."""
    with file_of(paper).open(newline="", encoding="utf-8") as file:
        return tuple(Answer(**line) for line in csv.DictReader(file))


def note(table: Table, row: Row) -> str:
    """Says that a row's figures cannot be, or not beside those of its line; "" where they can."""
    return " ".join(filter(None, (_alone(table, row), _together(table, row.label))))


def _alone(table: Table, row: Row) -> str:
    """Says that figures cannot be, whatever stands beside them."""
    texts = []
    for kind in (_pairs(table, row), _accuracies(table, row)):
        if kind and all(answer.rounded == "no" for answer in kind):
            pair = "/" in kind[0].clips
            texts.append(_pair(table, kind[0]) if pair else _accuracy(kind))
    return " ".join(texts)


def notes(table: Table) -> list[str]:
    """Returns what stands below a table: a line for each pair that cannot be, and for each set of
    clips a line of the accuracies that cannot be.
    """
    lines = []
    groups: dict[tuple[str, str], list[str]] = {}
    rows = [row for row in table.rows if not row.again]
    for row in rows:
        pairs, found = _pairs(table, row), _accuracies(table, row)
        if pairs and pairs[0].rounded == "no":
            lines.append(f"{row.name}: {_pair(table, pairs[0])}")
        if found:
            never = all(answer.rounded == "no" for answer in found)
            clips = _or([answer.clips for answer in found])
            groups.setdefault((row.on, clips), []).extend([_short(row, found)] if never else [])
    for label in dict.fromkeys(row.label for row in rows):
        text = _together(table, label)
        lines += [f"{label}: {text}"] if text else []
    for (on, clips), short in groups.items():
        where = f"{on}: " if on else ""
        text = f"{where}Acc that is no whole number of {clips} clips: {', '.join(short)}."
        lines += [text] if short else []
    return lines


def _pairs(table: Table, row: Row) -> list[Answer]:
    return [answer for answer in _of(table, row) if "/" in answer.clips]


def _accuracies(table: Table, row: Row) -> list[Answer]:
    return [answer for answer in _of(table, row) if "/" not in answer.clips]


def _of(table: Table, row: Row) -> list[Answer]:
    """Returns the answers about a row; those of a row that is run again are the first one's."""
    first = next(
        other
        for other in table.rows
        if other == row or (row.again and (other.label, other.figures) == (row.label, row.figures))
    )
    return [one for one in read(table.paper) if (one.table, one.row) == (table.number, first.name)]


def _together(table: Table, label: str) -> str:
    """Says that the pairs of a line cannot be of one run, "" where they can or were not asked."""
    for one in read(table.paper):
        if (one.table, one.row) == (table.number, label) and BETWEEN in one.clips:
            cut = ", unless digits are cut off instead of rounded" * (one.cut_off == "yes")
            number = one.figures.count(BETWEEN) + 1
            text = (
                f"each of the {number} pairs is possible, but one run cannot have all of them{cut}."
            )
            return text if one.rounded == "no" else ""
    return ""


def _pair(table: Table, answer: Answer) -> str:
    """Says what UF1 can be beside the UAR of a pair."""
    uf1, uar = (_value(part) for part in answer.figures.split(","))
    below, above = (_as_printed(table, text) for text in (answer.below, answer.above))
    near = [f"{below} or less"] if below else []
    near += [f"about {above} or more"] if above else []
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


def _as_printed(table: Table, percent: str) -> str:
    """Writes a percentage of attainable.csv as a table has its scores."""
    return f"{float(percent) / 100:.3f}" if percent and table.fractions else percent


def _value(figure: str) -> str:
    return figure.partition("=")[2]


def _or(words: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
