"""Makes a table of labels from another dataset's sheet: `python -m data_builders.convert casme3 …`.

    python -m data_builders.convert casme3 --workbook=LABELS.xlsx --source=DIR --out=labels.csv
    python -m data_builders.build folder --source=DIR --labels=labels.csv

For datasets whose sheet two public programs or more read alike; docs/recipes.md says which, and
what is not known of the others. Nobody has run it on the licensed files.
"""

import csv
import dataclasses
import io
import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from data_builders.annotations import coding
from data_builders.annotations.annotation import NO_APEX, ClipAnnotation
from data_builders.annotations.cells import Row
from data_builders.annotations.coding import Folders
from data_builders.annotations.workbook import read_table
from data_builders.folder.annotation import OPTIONAL, REQUIRED
from data_builders.pixels import frames
from data_builders.recipes import names
from data_builders.recipes.sheets import SHEETS, Sheet
from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.files.place import typed

SHOWN = 20  # rows that are left out
NOT_THESE = ("depth", "macro")  # what the names of folders begin with that hold no such clip


@dataclasses.dataclass(frozen=True)
class Converted:
    """Clips for a table of labels, what was left out of it, and what else to know, a line each."""

    clips: tuple[ClipAnnotation, ...]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]


def convert(name: str, workbook: Path, source: Path) -> Converted:
    """Reads a dataset's sheet and finds the folders of its clips below `source`.

    Raises:
      UserError: if the sheet is another one, or a clip has two folders.
    """
    sheet = SHEETS[name]
    table = read_table(
        workbook,
        tuple(dict.fromkeys(sheet.headers.values())),
        prefer=sheet.sheet,
        unread=sheet.unread,
    )
    columns = coding.Columns(**{f: table.columns[head] for f, head in sheet.headers.items()})
    found = coding.annotate_rows(
        dataclasses.replace(table, rows=tuple(_named(row, columns, sheet) for row in table.rows)),
        dataset=name,
        file=workbook,
        columns=columns,
        folders=_folders(source, sheet),
        subject_name=sheet.subject,
    )
    clips, left_out, notes = [], [f"{s.subject}/{s.clip}: {s.reason}" for s in found.skipped], []
    for clip in found.clips:
        fitted = _fitted(clip)
        if isinstance(fitted, str):
            left_out.append(f"{clip.key}: {fitted}")
            continue
        clips.append(fitted)
        if fitted.offset != clip.offset:
            notes.append(f"{clip.key}: ends at its last frame {fitted.offset}, not {clip.offset}")
    return Converted(tuple(clips), tuple(left_out), (*found.notes, *notes))


def _named(row: Row, columns: coding.Columns, sheet: Sheet) -> Row:
    """A row whose clip is the name of its folder."""
    if not columns.clip_is_named(row):
        return row
    texts = {f.name: row.text(getattr(columns, f.name)) for f in dataclasses.fields(columns)}
    cells = list(row.cells) + [None] * (columns.clip + 1 - len(row.cells))
    if sheet.headers["subject"] != sheet.headers["clip"]:
        cells[columns.clip] = sheet.clip(texts)
    return Row(row.number, tuple(cells))


def _folders(source: Path, sheet: Sheet) -> Folders:
    folders: Folders = {}
    for folder in sorted(path for path in source.rglob("*") if path.is_dir()):
        below = [part.lower() for part in folder.relative_to(source).parts]
        named = sheet.folder(folder.parent.name, folder.name)
        if named is None or any(part.startswith((".", "__", *NOT_THESE)) for part in below):
            continue
        key = (named[0], named[1].lower())
        if key in folders:
            raise UserError(
                f"{folders[key]} and {folder} are folders of one clip, expected one: give the "
                "folder of one of them as --source"
            )
        folders[key] = folder
    return folders


def _fitted(clip: ClipAnnotation) -> ClipAnnotation | str:
    """A clip within the frames that are there, or why none of it is."""
    numbers = list(frames.index_frames(clip.folder))
    if not numbers:
        return "its folder holds no image"
    if not numbers[0] <= clip.onset <= numbers[-1]:
        there = f"its images are {numbers[0]} to {numbers[-1]}"
        return f"frames {clip.onset} to {clip.offset}, but {there}"
    offset = min(clip.offset, numbers[-1])
    apex = clip.apex if clip.apex <= offset else NO_APEX
    return dataclasses.replace(clip, offset=offset, apex=apex)


def write(clips: Sequence[ClipAnnotation], source: Path, out: Path) -> None:
    """Writes a table of labels, whose paths begin in `source`.

    Raises:
      UserError: if it is there already, or cannot be written.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow((*REQUIRED, *OPTIONAL))
    for clip in clips:
        path = clip.folder.relative_to(source).as_posix()
        apex = "" if clip.apex == NO_APEX else clip.apex
        writer.writerow(
            (clip.subject, path, clip.emotion, clip.onset, apex, clip.offset)
            + (clip.clip, clip.action_units)
        )
    try:
        data = table.getvalue().encode()
    except UnicodeEncodeError as error:
        shown = ascii(error.object[max(error.start - 40, 0) : error.end])
        raise UserError(f"a folder's name is no UTF-8, near {shown}: rename it") from error
    try:
        with out.open("xb") as file:
            file.write(data)
    except FileExistsError:
        raise UserError(f"{out} is there already: move it away, or give another --out") from None
    except OSError as error:
        raise UserError(
            f"{out} cannot be written ({error.strerror}): give another --out"
        ) from error


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _run(arguments), stopped="stopped; nothing was written")


def _run(arguments: Sequence[str] | None) -> int:
    given = _parser().parse_args(arguments)
    recipe = names.named(given.dataset)
    if recipe is None or recipe.name not in SHEETS:
        raise UserError(
            recipe.advice
            if recipe
            else f"there is no sheet of {given.dataset!r} to convert, "
            f"expected one of {', '.join(SHEETS)}: {names.PAGE} says what others need"
        )
    source, workbook = (Path(os.path.expanduser(p)) for p in (given.source, given.workbook))
    if not source.is_dir():
        raise UserError(f"there is no folder {source}: --source names the folder of the clips")
    out = source / "labels.csv" if given.out is None else typed(given.out, "--out")
    made = convert(recipe.name, workbook, source)
    for line in (*made.notes, *(f"left out {one}" for one in made.left_out[:SHOWN])):
        print(line)
    if len(made.left_out) > SHOWN:
        print(f"and {len(made.left_out) - SHOWN} more left out like these")
    if not made.clips:
        raise UserError(f"no row of {workbook} has its folder below {source}: check --source")
    write(made.clips, source, out)
    people = len({clip.subject for clip in made.clips})
    print(f"{len(made.clips)} clips of {people} subjects in {out}, {len(made.left_out)} left out")
    given_to = shlex.join([f"--source={source}", f"--labels={out}"])
    print(f"try next: python -m data_builders.doctor folder {given_to}")
    return 0


def _parser() -> Parser:
    parser = Parser(
        prog="python -m data_builders.convert",
        description="Makes a table of labels for the builder 'folder' from a dataset's sheet.",
        epilog=f"{names.PAGE} says which columns are read, and who reads them so.",
    )
    parser.add_argument("dataset", help=f"one of {', '.join(SHEETS)}")
    parser.add_argument("--workbook", required=True, help="the dataset's sheet, .xlsx")
    parser.add_argument("--source", required=True, help="folder of the clips' folders")
    parser.add_argument("--out", help="the table of labels (labels.csv in the source)")
    return parser


if __name__ == "__main__":
    leave(main())
