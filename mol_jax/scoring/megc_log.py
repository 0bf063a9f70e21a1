"""The log of results that MEGC2019 asks for: read, and written.

A line "database subject" begins a subject, the lines "clip truth prediction" below it are its
clips. Classes are 0 negative, 1 positive and 2 surprise. Subjects and clips are spelled as the
organisers do (smic s03, samm 006) and read as the builders name them. The name of a database of
generated clips begins with GENERATED-.
"""

import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path

from mol_jax.errors import UserError
from mol_jax.files.whole import write_text
from mol_jax.protocol.people import person_of, study, subject_name
from mol_jax.scoring import clip_sets, mark
from mol_jax.scoring.predictions import Prediction, Predictions
from mol_jax.scoring.reading import columns
from mol_jax.text import spelling

CLASSES = ("negative", "positive", "surprise")
_FORM = (
    'a line "database subject", such as "samm 006", or "clip truth prediction", as "006_1_2 0 0"'
)
_SMIC_CLIP = re.compile(r"s0*(\d{1,4})_(ne|po|sur)_(\d{1,4})", re.ASCII | re.IGNORECASE)


def is_log(text: str) -> bool:
    """Tells whether a text begins like a log: with a name and a number or name, and no header."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    words = first.split()
    if len(words) != 2 or re.search("[,;|]", first):
        return False
    return not columns.is_header(words) and not spelling.is_number(words[0])


def read(path: str | Path, text: str) -> Predictions:
    """Reads the text of a log: one trial, one seed, a fold per subject. path: what to call it.

    Raises UserError where a line is neither a subject nor a clip, or a clip is there twice.
    """
    rows: dict[tuple[str, str, str], Prediction] = {}
    database = subject = ""
    drawn = False
    for number, line in enumerate(text.splitlines(), start=1):
        words = _words(path, number, line)
        if len(words) == 2:
            drawn = mark.named_so(words[0])
            database = _unmarked(words[0]).lower()
            subject = subject_name(database, words[1])
        elif len(words) == 3 and database:
            row = _prediction(f"{path}, line {number}", database, subject, words)
            row = dataclasses.replace(row, generated=drawn)
            key = (database, subject, row.clip)
            if key in rows:
                raise UserError(
                    f"{path}, line {number}: clip {words[0]} of {database} {subject} is there a "
                    "second time, expected one line per video: remove one"
                )
            rows[key] = row
        elif words:
            raise UserError(
                f"{path}, line {number} is {line.strip()[:60]!r}, expected {_FORM}: mend the line"
            )
    if not rows:
        raise UserError(f"{path} is a log without a clip: expected lines of {_FORM}")
    return Predictions(CLASSES, tuple(rows.values()), has_folds=False)


def _unmarked(database: str) -> str:
    return database[len(mark.LOG) :] if mark.named_so(database) else database


def _words(path: str | Path, number: int, line: str) -> list[str]:
    try:
        return spelling.clean(line).split()
    except UserError as error:
        raise UserError(f"{path}, line {number}: {error}") from None


def _prediction(place: str, database: str, subject: str, words: Sequence[str]) -> Prediction:
    true, pred = (_class(place, word) for word in words[1:])
    clip = _clip(database, words[0], "{}")
    fold = "/".join(person_of(database, subject))
    return Prediction(database, subject, clip, fold, 0, 0, true, pred)


def _class(place: str, word: str) -> str:
    name = CLASSES[int(word)] if word in ("0", "1", "2") else word.lower()
    if name not in CLASSES:
        raise UserError(
            f"{place} has the class {word[:40]!r}, expected 0 (negative), 1 (positive) or 2 "
            "(surprise): mend the line"
        )
    return name


def _clip(database: str, clip: str, spelled: str) -> str:
    """Spells a clip of SMIC with its subject as `spelled`; other clips keep their names."""
    match = _SMIC_CLIP.fullmatch(clip) if study(database) == "smic" else None
    if match is None:
        return clip
    number = spelled.format(int(match[1]))
    return f"s{number}_{match[2].lower()}_{int(match[3]):02d}"


def write(path: str | Path, rows: Sequence[Prediction]) -> None:
    """Writes the log of one trial and seed, subjects and clips in the order of their rows.

    Raises UserError where a log cannot hold the rows: other classes, numbers that may be other
    classes, names with a space in them, or a clip twice.
    """
    by_subject: dict[tuple[str, str], list[str]] = {}
    seen: set[tuple[str, str, str]] = set()
    for row in _with_names(rows):
        # CASME II is casme2, as the organisers have it.
        dataset = clip_sets.dataset_name(_unmarked(row.dataset))
        _check_names(row, dataset)
        subject, clip = _spelled(dataset, row.subject), _clip(dataset, row.clip, "{:02d}")
        if (dataset.lower(), subject, clip) in seen:
            raise UserError(
                f"clip {clip} of {dataset} {subject} would stand in the MEGC log a second time, "
                "expected one line per video: remove one from the table"
            )
        seen.add((dataset.lower(), subject, clip))
        lines = by_subject.setdefault((mark.LOG * row.generated + dataset, subject), [])
        lines.append(f"{clip} {_number(row.true)} {_number(row.pred)}")
    text = [
        line
        for (dataset, subject), lines in by_subject.items()
        for line in (f"{dataset} {subject}", *lines)
    ]
    try:
        write_text(path, "\n".join(text) + "\n")
    except UserError as error:
        raise UserError(
            f"{path} could not be written ({getattr(error.__cause__, 'strerror', error)}): give "
            "--megc_log another path"
        ) from error


def _check_names(row: Prediction, dataset: str) -> None:
    """Raises UserError for a name that is not there, or that a log would part at its space."""
    for what, name in (("dataset", dataset), ("subject", row.subject), ("clip", row.clip)):
        given = what != "clip" or not re.fullmatch(r"line \d+", name)
        if not name or not given:
            raise UserError(
                f"the table has no column {what}, and a MEGC log names the dataset, subject and "
                f"clip of each video: give it the column {what}"
            )
        if len(name.split()) != 1:
            raise UserError(
                f"the {what} {name!r} cannot stand in a MEGC log, whose names are parted by "
                "spaces: write it without a space in the table"
            )


def _with_names(rows: Sequence[Prediction]) -> list[Prediction]:
    """Returns rows with the names of their classes, numbers being read as the challenge's.

    In a CSV of anybody's 0 may be another class: numbers are taken only where, so read, each class
    has the clips of a known task.
    """
    numbers = {str(number): name for number, name in enumerate(CLASSES)}
    if not any({row.true, row.pred} & numbers.keys() for row in rows):
        return list(rows)
    named = [
        dataclasses.replace(
            row, true=numbers.get(row.true, row.true), pred=numbers.get(row.pred, row.pred)
        )
        for row in rows
    ]
    mixed = any({row.true, row.pred} - numbers.keys() for row in rows)
    if mixed or clip_sets.identify(clip_sets.held(named)) is None:
        meant = ", ".join(f"{number} {name}" for number, name in numbers.items())
        raise UserError(
            f"the table's classes are numbers that may not be the challenge's ({meant}): no known "
            "task has these clips of each; give the classes their names before --megc_log"
        )
    return named


def _number(name: str) -> int:
    plain = name.strip().lower()
    if plain not in CLASSES:
        raise UserError(
            f"the class {name!r} has no place in a MEGC log, whose classes are "
            f"{', '.join(CLASSES)}: write a log of a run with these three"
        )
    return CLASSES.index(plain)


def _spelled(dataset: str, subject: str) -> str:
    """Spells a subject as the organisers do: smic's s3 is s03."""
    name = subject_name(dataset, subject)
    match = re.fullmatch(r"s(\d+)", name, re.ASCII)
    return f"s{int(match[1]):02d}" if match and study(dataset) == "smic" else name
