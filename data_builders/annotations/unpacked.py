"""Where a dataset lies in the folders that its archives unpacked to: doubled, deeper, with strays.

A level is a list of folders as far below the source as each other; the first one is the source.
"""

import fnmatch
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path

from data_builders.annotations import coding
from data_builders.annotations.annotation import GENERATED_MARKER
from data_builders.annotations.cells import Row, plain_text
from mol_jax.errors import UserError

Keys = Collection[tuple[str, str]]  # (subject, clip in lower case)
READ = (".xlsx", ".xlsm")  # formats of workbooks
OTHER = (".xls", ".xlsb", ".ods", ".fods", ".numbers", ".csv", ".tsv", ".txt", ".htm", ".html")
SHOWN = 3  # files that may be the workbook
LEAST = 0.5  # of the clips that the fullest folder of subjects holds, for another to be read


def levels(source: Path, depth: int, is_subject: Callable[[Path], bool]) -> list[list[Path]]:
    """`source` and the folders in it, level by level; folders of subjects are not looked into."""
    found = [[source]]
    for _ in range(depth):
        inside = [folder for above in found[-1] for folder in coding.folders_in(above)]
        # __MACOSX repeats the archive.
        shown = (f for f in inside if not f.name.startswith("__") and not is_subject(f))
        found.append(list(shown))
    return found


def find_workbook(places: Iterable[Sequence[Path]], names: Sequence[str], pattern: str) -> Path:
    """The coding workbook that lies least deep: one of `names`, else the only file like `pattern`.

    Args:
      places: levels, the source first.
      names: of workbooks that are known.
      pattern: what others are named like, with the suffix .xlsx.

    Raises:
      UserError: if there is none, or more than one on a level.
    """
    places = list(places)
    for level in places:
        like = [file for folder in level for file in _like(folder, pattern, READ)]
        found = [file for file in like if file.name in names] or like
        if len(found) == 1:
            return found[0]
        if found:
            alike = len({file.parent for file in found}) == 1
            shown = " and ".join(file.name if alike else str(file) for file in found)
            raise UserError(
                f"{found[0].parent if alike else places[0][0]} holds {shown}, expected one coding "
                "workbook: move the other one away"
            )
    folders = [folder for level in places for folder in level]
    for other in (file for folder in folders for file in _like(folder, pattern, OTHER)):
        raise other_kind(other)
    sheets = [file for folder in folders for file in _like(folder, "*", (*READ, *OTHER))]
    shown = ", ".join(file.name for file in sheets[:SHOWN])
    raise UserError(
        f"{places[0][0]} holds no coding workbook, expected {' or '.join(names)}"
        + (f": there is {shown}; if that is it, rename it" if sheets else "")
    )


def other_kind(file: Path) -> UserError:
    """The error for a coding workbook that is kept in another format than .xlsx."""
    return UserError(
        f"{file} has the format {file.suffix.lower()}, expected .xlsx: open it in Excel or "
        "LibreOffice, and save it as .xlsx beside it"
    )


def _like(folder: Path, pattern: str, suffixes: Collection[str]) -> list[Path]:
    """Files of such a name; not '~$…' and '._…', which Excel and macOS leave beside a workbook.

    Case, and what stands between the words, do not matter.
    """
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    files = [f for f in files if f.suffix.lower() in suffixes and f.name[0] not in "~."]
    wanted = _plain(pattern.removesuffix(".xlsx"))
    return [f for f in files if fnmatch.fnmatchcase(_plain(f.stem), wanted) and f.is_file()]


def _plain(name: str) -> str:
    return re.sub(r"[-_\s]+", "-", name.strip().lower())


def keys(rows: Iterable[Row], columns: coding.Columns, subject_name: Callable[[str], str]) -> Keys:
    """The subject and the clip that each row of a workbook names."""
    return {
        (subject_name(row.text(columns.subject)), row.text(columns.clip).lower())
        for row in filter(columns.clip_is_named, rows)
    }


def with_clips(
    roots: Sequence[Path],
    annotated: Keys,
    subject_folders: Callable[[Path], Sequence[Path]],
    subject_name: Callable[[str], str],
) -> list[Path]:
    """Those folders of subjects that hold the annotated clips, in the order of `roots`.

    A folder counts if it holds half as many of them as the fullest does, or more: a stray sub99
    beside an archive's folder must not be taken for the dataset. All count if none holds a clip.
    """
    held = {
        root: sum(
            (subject_name(subject.name.strip()), plain_text(clip.name).lower()) in annotated
            for subject in subject_folders(root)
            for clip in coding.folders_in(subject)
        )
        for root in roots
    }
    return [root for root in roots if held[root] >= LEAST * max(held.values())]


def refuse_generated(source: Path, *read: Path) -> None:
    """Refuses a look-alike that lies deeper than the source, whose marker a build would not see.

    Raises:
      UserError: if what is read lies in such a folder.
    """
    for folder in (folder for path in read for folder in (path, *path.parents)):
        inside = folder != source and folder.is_relative_to(source)
        if inside and (folder / GENERATED_MARKER).is_file():
            raise UserError(
                f"{folder} holds generated clips: give it as --source, so that what is built of "
                "them says so"
            )
