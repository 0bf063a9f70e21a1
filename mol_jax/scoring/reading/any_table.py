"""Anybody's table of predictions, read as what it means, and what was done to read it.

At least a subject, a true and a predicted class are needed. Names are spelled in one way or the
table is refused (`mol_jax.text.spelling`); columns go by many names (`columns`, beside this).
A clip without a prediction is refused: to leave it out would score other clips than the method was
given, to count it wrong is for its owner to say.
"""

import itertools
import re
from collections.abc import Sequence
from pathlib import Path

from mol_jax.errors import UserError
from mol_jax.files import separated
from mol_jax.files.cells import Cells
from mol_jax.files.text import WINDOWS, Text
from mol_jax.protocol.people import person_of
from mol_jax.scoring import mark
from mol_jax.scoring.predictions import Prediction, Predictions, Repeats
from mol_jax.scoring.reading import columns, probabilities
from mol_jax.scoring.reading.columns import Columns
from mol_jax.scoring.reading.names import Names, class_names
from mol_jax.text import spelling
from mol_jax.text.words import shortened

ABOVE = 30  # lines that may stand above a header
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)")
_NO_CLASS = {"none", "null", "na", "n/a", "n.a.", "-", "--", "–", "?", ".", "inf", "-inf"}
_NOBODY = ("-", "--", "–", "?")
_NAMES = ("dataset", "subject", "clip", "fold", "person", "true", "pred")


def read(path: str | Path, text: Text) -> Predictions:
    """Reads a table of predictions. `notes` of what it returns say how it was taken.

    A missing dataset, trial and seed mean one of each; a missing clip is numbered by its line; a
    missing fold is the held-out person. Without columns p_<class> that hold probabilities of every
    class, the classes are the names in true and pred, sorted.

    Raises UserError for a table that is damaged, lacks a column, holds a clip twice or without a
    prediction, or spells a name in two ways.
    """
    content, above = _from_header(text.content)
    table = separated.read(path, content, spaces=bool(above))
    header = [_cleaned(path, table.first, name, name) for name in table.header]
    found = columns.assign(path, header, line=table.first)
    lines, repeated = _lines(path, table, found)
    _refuse_other_rows(path, table, found)
    _refuse_empty(path, lines, found)
    names = Names.of(path, lines)
    classes = class_names(path, lines, names)
    probs = probabilities.take(table.header, [cells for _, cells in _kept(table)], classes)
    repeats, rows = Repeats(), []
    for line, values in zip(lines, probs.rows or [()] * len(lines), strict=True):
        row = _prediction(line, names, values)
        repeats.check(row, line)
        rows.append(row)
    notes = [
        *above[1:],
        *([f"It is not in UTF-8, and was read as {WINDOWS}."] * (text.encoding == WINDOWS)),
        *_taken(found),
        *repeated,
        *names.notes,
        *probs.notes,
    ]
    return Predictions(
        probs.classes, tuple(rows), "fold" in found.at, tuple(notes), has_clips="clip" in found.at
    )


def has_header(content: str) -> bool:
    """Tells whether one of the first lines of a text names the columns of a table."""
    return bool(_from_header(content)[1])


def _from_header(content: str) -> tuple[str, list[str]]:
    """Returns a text with what stands above its header made empty, and what to say of it.

    The first of the first lines that names columns is the header; [] is said where none does, ""
    where it is the first.
    """
    if content.startswith("sep="):
        return content, [""]
    above = 0
    for number, line in enumerate(itertools.islice(_LINE.finditer(content), ABOVE)):
        cells = separated.header_cells(line[0])
        if cells and columns.is_header(cells):
            lines = "1 line" if above == 1 else f"{above} lines"
            said = f"What stands above the header was left out: {lines}."
            return "\n" * number + content[line.start() :], ["", *([said] * bool(above))]
        above += bool(line[0].strip())
    return content, []


def _kept(table: separated.Separated) -> list[tuple[int, list[str]]]:
    """Returns the rows of a table that are not its header again, as files put together have it."""
    return [(number, cells) for number, cells in table.rows if cells != table.header]


def _lines(
    path: str | Path, table: separated.Separated, found: Columns
) -> tuple[list[Cells], list[str]]:
    """Returns the rows with their cells by what they are, and what to say of headers in between."""
    called = {role: found.name(role) for role in found.at}
    file, lines = Path(path), []
    for number, cells in _kept(table):
        values = {role: cells[place] for role, place in found.at.items()}
        for role in _NAMES:
            if role in values:
                values[role] = _cleaned(path, number, called[role], values[role])
        lines.append(Cells(file, number, values, called))
    again = [str(number) for number, cells in table.rows if cells == table.header]
    where = shortened(again, between=", ")
    return lines, [f"The header stands again in line {where}: it was left out."] if again else []


def _cleaned(path: str | Path, line: int, column: str, text: str) -> str:
    try:
        return spelling.clean(text)
    except UserError as error:
        raise UserError(f"{path}, line {line}, column {column!a}: {error}") from None


def _refuse_other_rows(path: str | Path, table: separated.Separated, found: Columns) -> None:
    """Refuses rows that are no clip of the test: of training, or of many epochs without a clip."""
    for place in found.others():
        kind = columns.plain(found.header[place])
        values = list(dict.fromkeys(cells[place] for _, cells in _kept(table)))
        untested = _starting(values, "train") or (
            _starting(values, "test") and _starting(values, "val", "dev")
        )
        if kind in columns.PARTS and untested:
            raise UserError(
                f"{path} has lines whose {found.header[place]} is {untested[0][:40]!r}: a score is "
                "of tested clips alone, so take those lines out"
            )
        if kind in columns.SEVERAL and "clip" not in found.at and len(values) > 1:
            raise UserError(
                f"{path} has {len(values)} values of {found.header[place]} and no column clip, so "
                "each clip would count that often: keep one value, or name the clips in a column "
                "clip and the repeats in a column seed"
            )


def _starting(values: Sequence[str], *starts: str) -> list[str]:
    return [value for value in values if value.casefold().startswith(starts)]


def _refuse_empty(path: str | Path, lines: Sequence[Cells], found: Columns) -> None:
    """Refuses lines without a name that is needed, all of them in one sentence."""
    # A sign such as - is a class where both columns have it, as for a valence of + and -.
    others = {
        "true": {line.values["pred"] for line in lines},
        "pred": {line.values["true"] for line in lines},
    }

    def empty(role: str, value: str) -> bool:
        unsaid = role in others and value not in others[role] and value.casefold() in _NO_CLASS
        return unsaid or spelling.is_nothing(value) or (role == "subject" and value in _NOBODY)

    for role in [name for name in _NAMES if name in found.at]:
        bad = [line for line in lines if empty(role, line.values[role])]
        if not bad:
            continue
        got = bad[0].values[role]
        where = "line" if len(bad) == 1 else "lines"
        advice = {
            "pred": "a class: give every clip one, or a name of its own, such as undecided, to "
            "count it as wrong",
            "true": "a class: a clip without a label cannot be scored, so take it out",
        }.get(role, f"a name of the {role}: fill it in")
        numbers = shortened([str(line.line) for line in bad], between=", ")
        raise UserError(
            f"{path}, {where} {numbers}, column {found.name(role)}: got "
            f"{repr(got) if got else 'an empty cell'}, expected {advice}"
        )


def _prediction(line: Cells, names: Names, probs: tuple[float, ...]) -> Prediction:
    """Returns one line's prediction, with the defaults of the columns that are missing."""
    dataset, subject = names.name(line, "dataset"), names.subject(line)
    person = names.name(line, "person")
    held_out = "/".join(filter(None, person_of(dataset, subject, named=person)))
    return Prediction(
        dataset=dataset,
        subject=subject,
        clip=names.name(line, "clip") or f"line {line.line}",
        fold=names.name(line, "fold") or held_out,
        trial=line.whole("trial") if line.has("trial") else 0,
        seed=line.whole("seed") if line.has("seed") else 0,
        true=names.name(line, "true"),
        pred=names.name(line, "pred"),
        probs=probs,
        person=person,
        generated=mark.read(line, dataset),
    )


def _taken(found: Columns) -> list[str]:
    """Says which columns were taken as what, and which were not read."""
    said = []
    if found.said():
        said.append(f"Columns were taken as what they are called: {'; '.join(found.said())}.")
    others = [found.header[i] for i in found.others() if not _is_probability(found.header[i])]
    if others:
        said.append(f"Columns that were not read: {shortened(others, between=', ')}.")
    return said


def _is_probability(name: str) -> bool:
    return name.casefold().startswith("p_")
