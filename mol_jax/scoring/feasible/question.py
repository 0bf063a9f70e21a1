"""Can a published figure come from one prediction per video? Says so, with a matrix or the reason.

    python -m mol_jax.score --feasible acc=79.23,n=246
    python -m mol_jax.score --feasible uf1=81.00,uar=72.34,counts=70/51/43
    python -m mol_jax.score --feasible acc=79.23,wf1=75.85,task=casme2/5class

The figures are those of one confusion matrix: every video predicted once, all folds pooled. Means
over folds, over runs, or over several crops or clips of a video, are other figures.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from mol_jax.errors import UserError
from mol_jax.scoring import clip_sets
from mol_jax.scoring.feasible.right_clips import Window

FIGURES = ("acc", "wf1", "uf1", "uar")
KEYS = (*FIGURES, "war", "n", "counts", "task")
EXAMPLE = "acc=79.23,n=246 or uf1=81.00,uar=72.34,counts=70/51/43"
MOST_CLIPS, MOST_CLASSES = 2000, 8


@dataclass(frozen=True)
class Figure:
    """A figure as it is printed. window: what rounds to it; cut: what is cut off to it."""

    text: str
    window: Window
    cut: Window


@dataclass(frozen=True)
class Question:
    """What is asked: figures of `n` clips, or of classes of `counts` clips with `names`."""

    figures: Mapping[str, Figure]
    n: int
    counts: tuple[int, ...] | None
    names: tuple[str, ...]

    def windows(self, *names: str, cut: bool = False) -> dict[str, Window]:
        """Returns the windows of some figures, of all if none is named."""
        return {
            name: figure.cut if cut else figure.window
            for name, figure in self.figures.items()
            if not names or name in names
        }


def read(text: str) -> Question:
    """Reads what follows --feasible. Raises UserError where it makes no sense."""
    fields = _fields(text)
    figures = {
        "acc" if name == "war" else name: figure(name, fields[name])
        for name in fields
        if name in (*FIGURES, "war")
    }
    if not figures:
        raise UserError(f"--feasible {text[:80]!r} has no figure: give one, such as {EXAMPLE}")
    if {"acc", "war"} <= fields.keys():
        raise UserError("--feasible has acc and war, which are the same figure: give one of them")
    n, counts, names = _clips(fields)
    if counts is None and figures.keys() - {"acc"}:
        raise UserError(
            f"--feasible {text[:80]!r} lacks the clips of each class, on which {_list(figures)} "
            "depend: give counts, such as counts=70/51/43, or a task, such as task=smic/3class"
        )
    return Question(figures, n, counts, names)


def _fields(text: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for part in text.split(","):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        name = name.lower()
        if not equals or name not in KEYS or not value:
            raise UserError(
                f"--feasible has {part.strip()[:80]!r}, expected NAME=VALUE with a name of "
                f"{', '.join(KEYS)}: write it as {EXAMPLE}"
            )
        if name in fields:
            raise UserError(f"--feasible has {name} twice: give it once")
        fields[name] = value
    return fields


def figure(name: str, text: str) -> Figure:
    """Reads a percentage, or a fraction where it is 1 or less and has a decimal point."""
    match = re.fullmatch(r"(\d{1,3})(?:\.(\d{1,9}))?\s*(%?)", text, re.ASCII)
    value = Fraction(text.rstrip("% ")) if match else Fraction(-1)
    percent = bool(match and (match[3] or value > 1))
    if not match or not 0 <= value <= (100 if percent else 1) or not (percent or match[2]):
        raise UserError(
            f"--feasible has {name}={text[:40]}, expected a percentage from 0 to 100 or a fraction "
            "such as 0.8100: write it as it is printed, with all its digits, and 0 or 1 as 0% or 1%"
        )
    scale = 100 if percent else 1
    unit = Fraction(1, 10 ** len(match[2] or "")) / scale
    value /= scale
    half = Window(max(Fraction(0), value - unit / 2), min(Fraction(1), value + unit / 2))
    return Figure(
        text, half, Window(value, min(Fraction(1), value + unit * (1 - Fraction(1, 10**9))))
    )


def _clips(fields: Mapping[str, str]) -> tuple[int, tuple[int, ...] | None, tuple[str, ...]]:
    """Reads n, counts or task: the number of clips, those of each class, and the classes."""
    if {"task", "counts"} <= fields.keys():
        raise UserError("--feasible has a task and counts: give one of them")
    counts: tuple[int, ...] | None = None
    names: tuple[str, ...] = ()
    n = _whole(fields, "n", 10**9) if "n" in fields else 0
    if "task" in fields:
        task = clip_sets.find(fields["task"])
        counts = tuple(task.counts.values()) if task.counts else None
        names, total = tuple(task.counts or ()), task.n
    elif "counts" in fields:
        counts = _counts(fields["counts"])
        total = sum(counts)
    else:
        total = n
    if not total:
        raise UserError(
            f"--feasible lacks the number of clips: give n, counts or task, such as {EXAMPLE}"
        )
    if n and n != total:
        raise UserError(f"--feasible has n={n}, but the classes have {total} clips: leave n out")
    return total, counts, names or tuple(str(at) for at in range(len(counts or ())))


def _counts(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split("/")]
    good = all(re.fullmatch(r"\d{1,6}", part, re.ASCII) and int(part) for part in parts)
    if not good or not 2 <= len(parts) <= MOST_CLASSES or sum(map(int, parts)) > MOST_CLIPS:
        raise UserError(
            f"--feasible has counts={text[:60]}, expected the clips of 2 to {MOST_CLASSES} "
            f"classes, each at least 1 and at most {MOST_CLIPS} in all: write them as 70/51/43"
        )
    return tuple(map(int, parts))


def _whole(fields: Mapping[str, str], name: str, most: int) -> int:
    text = fields[name]
    if not re.fullmatch(r"\d{1,10}", text, re.ASCII) or not 1 <= int(text) <= most:
        raise UserError(
            f"--feasible has {name}={text[:40]}, expected a whole number from 1 to {most}: mend it"
        )
    return int(text)


def _list(names: Mapping[str, Any]) -> str:
    return " and ".join(name for name in names if name != "acc")
