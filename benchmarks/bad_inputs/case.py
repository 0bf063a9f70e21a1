"""A command line with a bad or an odd input, and what it must end with."""

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

SENTENCE, RIGHT, TRACEBACK, WRONG = "sentence", "right", "traceback", "wrong"
LONGEST = 700  # characters of a sentence, whose paths count as one
PATH = re.compile(r"\S{80,}")
PROGRAM = re.compile(r"Traceback|\w+Error\(|<class '|object at 0x")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Case:
    """A command line and its expected end.

    Attributes:
      command: its module, as "mol_jax.score".
      what: what is odd about it, for the reader.
      make: makes the input in an empty folder and returns the arguments.
      code: the exit code; None: 0 with the right numbers, or 2 with a sentence.
      says: a pattern that the sentence of an error must have.
      right: a pattern that the output of a command that ends with 0 must have.
      variables: of the environment; a case with some runs in a process of its own.
      may_change: a pattern of the paths that a refusal may change; "" for none.
      needs: whether `make` needs the trained run (`material.py`).
    """

    command: str
    what: str
    make: Callable[[Path], Sequence[str | Path]]
    code: int | None = 2
    says: str = ""
    right: str = ""
    variables: Mapping[str, str] | None = None
    may_change: str = ""
    needs: bool = False


@dataclasses.dataclass(frozen=True)
class Ending:
    """How a command ended: exit code, both streams, and the files that it changed."""

    code: int
    out: str
    err: str
    changed: tuple[str, ...] = ()


def judged(case: Case, ending: Ending) -> tuple[str, str]:
    """Returns SENTENCE, RIGHT, TRACEBACK or WRONG, and for the last two why."""
    if "Traceback (most recent call last)" in ending.out + ending.err:
        return TRACEBACK, _last_line(ending.err)
    as_right = ending.code == 0 and case.code in (0, None)
    why = _not_right(case, ending) if as_right else _not_refused(case, ending)
    if why:
        return WRONG, why
    return (RIGHT if as_right else SENTENCE), ""


def _not_right(case: Case, ending: Ending) -> str:
    """Why an output is not the right one, "" if it is."""
    if not case.right:
        return "" if case.code == 0 else f"taken: {_last_line(ending.out)}"
    if not re.search(case.right, ending.out):
        return f"does not print {case.right!r}: {_last_line(ending.out)}"
    return ""


def _not_refused(case: Case, ending: Ending) -> str:
    """Why a refusal is not one clear sentence after which all is as before, "" if it is."""
    said = ending.out + "\n" + ending.err
    expected = 2 if case.code is None else case.code
    if ending.code != expected:
        return f"exit code {ending.code}, not {expected}: {_last_line(said)}"
    changed = [path for path in ending.changed if not re.fullmatch(case.may_change, path)]
    if changed:
        return f"changed {', '.join(changed[:3])}"
    if not re.search(case.says, said):
        return f"does not say {case.says!r}: {_last_line(said)}"
    return _unclear(case, ending)


def _unclear(case: Case, ending: Ending) -> str:
    """Why a refusal is not one sentence. The doctor's are lines of its report, marked bad."""
    lines = [line for line in ending.err.splitlines() if line.strip()]
    if not lines and case.command == "data_builders.doctor":
        marked = "odd" if ending.code == 1 else "bad"
        bad = [line.strip() for line in ending.out.splitlines() if line.strip()[:3] == marked]
        lines = [f"error: {line}" for line in bad[:1]]
    if len(lines) != 1 or not lines[0].startswith("error: "):
        return f"{len(lines)} lines on stderr, expected one sentence: {lines[:3]}"
    length = len(PATH.sub("…", lines[0]))
    if length > LONGEST:
        return f"a sentence of {length} characters: {lines[0][:80]}…"
    if not lines[0].isprintable() or PROGRAM.search(lines[0]):
        return f"signs of a program in the sentence: {lines[0][:200]!r}"
    return ""


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "nothing was said"
