"""The FACS workbook of SAMM and the clip folders it speaks of.

Its header stands on row 14, below notes; trimmed copies have it elsewhere. It is found by content,
and columns by what heads them.
"""

import re
from pathlib import Path

from data_builders.annotations import coding, unpacked
from data_builders.annotations.annotation import AnnotatedSource
from data_builders.annotations.frame_numbers import frame_number
from data_builders.annotations.workbook import read_table
from mol_jax.errors import UserError

WORKBOOKS = ("SAMM_Micro_FACS_Codes_v2.xlsx", "SAMM_20181215_Micro_FACS_Codes_v2.xlsx")
WORKBOOK_PATTERN = "SAMM*Micro*FACS*Codes*.xlsx"
FRAME_FOLDERS = ("SAMM", "SAMM_CROP", "SAMM_clip")
DEPTH = 2  # folders from the source to that of the subjects: archives unpack into one another
HEADERS = {
    "subject": "subject",
    "clip": "filename",
    "onset": "onset frame",
    "apex": "apex frame",
    "offset": "offset frame",
    "action_units": "action units",
    "emotion": "estimated emotion",
}
UNREAD = ("inducement code", "duration", "micro", "objective classes", "notes")


def annotate(source: Path, dataset: str) -> AnnotatedSource:
    """Reads a SAMM folder: the workbook, and the clip folders its rows name.

    Rows without a folder, without frame numbers, or naming a clip a second time are listed as
    skipped; folders without a row are listed as unannotated.

    Raises:
      UserError: if the workbook or the frames' folder is missing, or the workbook is another one.
    """
    roots = _roots(source)
    places = unpacked.levels(source, DEPTH, _is_subject)
    file = unpacked.find_workbook(places, WORKBOOKS, WORKBOOK_PATTERN)
    table = read_table(file, tuple(HEADERS.values()), unread=UNREAD)
    columns = coding.Columns(**{field: table.columns[head] for field, head in HEADERS.items()})
    annotated = unpacked.keys(table.rows, columns, subject_name)
    root, *_ = unpacked.with_clips(roots, annotated, _subject_folders, subject_name)
    unpacked.refuse_generated(source, file, root)
    return coding.annotate_rows(
        table,
        dataset=dataset,
        file=file,
        columns=columns,
        folders=coding.clip_folders(_subject_folders(root), subject_name),
        subject_name=subject_name,
    )


def subject_name(text: str) -> str:
    """'006', '6' and 6 are 006: spreadsheets lose the text type, and so the zeros."""
    number = frame_number(text)
    return text if number is None else f"{number:03d}"


def _roots(source: Path) -> list[Path]:
    """The folders that hold 006, 007, …: `source` and those that archives unpack in it, best first.

    Raises:
      UserError: if there is none.
    """
    folders = [source, *(deep for f in _archives(source) for deep in (f, *_archives(f)))]
    found = [folder for folder in folders if _subject_folders(folder)]
    if not found:
        raise UserError(
            f"{source} holds no frames, expected 006/006_1_2/006_<N>.jpg in it or in its folder "
            f"{', '.join(FRAME_FOLDERS[:-1])} or {FRAME_FOLDERS[-1]}"
        )
    return found


def _archives(folder: Path) -> list[Path]:
    """The folders of archives in `folder`, in the order of `FRAME_FOLDERS`."""
    order = [name.lower() for name in FRAME_FOLDERS]
    named = [f for f in coding.folders_in(folder) if f.name.lower() in order]
    return sorted(named, key=lambda f: order.index(f.name.lower()))


def _is_subject(folder: Path) -> bool:
    return re.fullmatch(r"\d{1,3}", folder.name) is not None


def _subject_folders(root: Path) -> list[Path]:
    return [folder for folder in coding.folders_in(root) if _is_subject(folder)]
