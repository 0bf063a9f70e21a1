"""The FACS workbook of SAMM and the clip folders it speaks of.

Its header stands on row 14, below notes; trimmed copies have it elsewhere. It is found by content,
and columns by what heads them.
"""

import re
from pathlib import Path

from data_builders.common import coding
from data_builders.common.annotation import AnnotatedSource
from data_builders.common.workbook import below_header, find_workbook, read_rows
from mol_jax.errors import UserError

WORKBOOKS = ("SAMM_Micro_FACS_Codes_v2.xlsx", "SAMM_20181215_Micro_FACS_Codes_v2.xlsx")
WORKBOOK_PATTERN = "SAMM*Micro*FACS*Codes*.xlsx"
FRAME_FOLDERS = ("SAMM", "SAMM_CROP", "SAMM_clip")
HEADERS = {
    "subject": "subject",
    "clip": "filename",
    "onset": "onset frame",
    "apex": "apex frame",
    "offset": "offset frame",
    "action_units": "action units",
    "emotion": "estimated emotion",
}


def annotate(source: Path, dataset: str) -> AnnotatedSource:
    """Reads a SAMM folder: the workbook, and the clip folders its rows name.

    Rows without a folder, without frame numbers, or naming a clip a second time are listed as
    skipped; folders without a row are listed as unannotated.

    Raises:
      UserError: if the workbook or the frames' folder is missing, or the workbook is another one.
    """
    root = frames_root(source)
    inside = () if root == source else (root.parent, root)
    file = find_workbook(source, WORKBOOKS, WORKBOOK_PATTERN, inside=inside)
    positions, rows = below_header(file, read_rows(file), tuple(HEADERS.values()))
    return coding.annotate_rows(
        rows,
        dataset=dataset,
        file=file,
        columns=coding.Columns(**{field: positions[head] for field, head in HEADERS.items()}),
        folders=coding.clip_folders(_subject_folders(root), subject_name),
        subject_name=subject_name,
    )


def subject_name(text: str) -> str:
    """'006', '6' and 6 are 006: spreadsheets lose the text type, and so the zeros."""
    digits = re.fullmatch(r"0*(\d{1,9})", text)
    return f"{int(digits[1]):03d}" if digits else text


def frames_root(source: Path) -> Path:
    """The folder that holds 006, 007, …: `source`, or one that archives unpack inside it."""
    for folder in (source, *(deep for f in _archives(source) for deep in (f, *_archives(f)))):
        if _subject_folders(folder):
            return folder
    raise UserError(
        f"{source} holds no frames, expected 006/006_1_2/006_<N>.jpg in it or in its folder "
        f"{', '.join(FRAME_FOLDERS[:-1])} or {FRAME_FOLDERS[-1]}"
    )


def _archives(folder: Path) -> list[Path]:
    """The folders of archives in `folder`, in the order of `FRAME_FOLDERS`."""
    order = [name.lower() for name in FRAME_FOLDERS]
    named = [f for f in coding.folders_in(folder) if f.name.lower() in order]
    return sorted(named, key=lambda f: order.index(f.name.lower()))


def _subject_folders(root: Path) -> list[Path]:
    return [f for f in coding.folders_in(root) if re.fullmatch(r"\d{1,3}", f.name)]
