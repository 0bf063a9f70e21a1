"""The coding workbook of CASME II and the clip folders it speaks of.

Columns are read by position, because two headers are blank (1-based): 1 Subject (text '01'),
2 Filename, 4 OnsetFrame, 5 ApexFrame ('/' where missing), 6 OffsetFrame, 8 Action Units,
9 Estimated Emotion.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from data_builders.common import coding
from data_builders.common.annotation import AnnotatedSource
from data_builders.common.workbook import Row, find_workbook, read_rows
from mol_jax.errors import UserError

WORKBOOKS = ("CASME2-coding-20140508.xlsx", "CASME2-coding-20190701.xlsx")
# Best first: faces are lost in tight crops, and full recordings are many more files.
FRAME_FOLDERS = ("CASME2_RAW_selected", "CASME2_RAW", "Cropped")
DEPTH = 3  # folders from the source to that of the subjects: archives unpack into one another
HEADERS = {0: "subject", 1: "filename", 3: "onsetframe", 4: "apexframe", 5: "offsetframe"}
HEADERS |= {7: "action units", 8: "estimated emotion"}
COLUMNS = coding.Columns(subject=0, clip=1, onset=3, apex=4, offset=5, action_units=7, emotion=8)


def annotate(source: Path, dataset: str) -> AnnotatedSource:
    """Reads a CASME II folder: the workbook, and the clip folders its rows name.

    Rows without a folder, without frame numbers, or naming a clip a second time are listed as
    skipped; folders without a row are listed as unannotated.

    Raises:
      UserError: if the workbook or the frames' folder is missing, or the workbook is another one.
    """
    file = find_workbook(source, WORKBOOKS, "CASME2-coding*.xlsx")
    subjects = _subject_folders(frames_root(source))
    rows = read_rows(file, "Sheet1")
    _check_header(file, rows)
    return coding.annotate_rows(
        rows[1:],
        dataset=dataset,
        file=file,
        columns=COLUMNS,
        folders=coding.clip_folders(subjects, subject_name),
        subject_name=subject_name,
    )


def subject_name(text: str) -> str:
    """'01', '1' and 'sub01' are sub01: spreadsheets lose the text type, and so the zero."""
    digits = re.fullmatch(r"(?:sub)?0*(\d{1,9})", text.lower())
    return f"sub{int(digits[1]):02d}" if digits else text


def _check_header(file: Path, rows: list[Row]) -> None:
    header = rows[0] if rows else Row(1, ())
    for column, expected in HEADERS.items():
        if " ".join(header.text(column).lower().split()) != expected:
            raise UserError(
                f"{file}: column {column + 1} is headed {header.text(column)!r}, expected "
                f"{expected!r}: is this the coding workbook of CASME II?"
            )


def frames_root(source: Path) -> Path:
    """The folder that holds sub01, sub02, …: of the best tree there is, however deep it unpacked.

    Raises:
      UserError: if there is none, or the best tree is there twice.
    """
    if _subject_folders(source):
        return source
    found = list(_roots(source, _tree(source.absolute().name), DEPTH))
    for name in FRAME_FOLDERS:
        roots = [root for tree, root in found if tree == _tree(name)]
        if len(roots) > 1:
            raise UserError(
                f"{source} holds the frames of {name} twice, {roots[0]} and {roots[1]}: move the "
                "wrong ones away"
            )
        if roots:
            return roots[0]
    raise UserError(
        f"{source} holds no frames, expected {FRAME_FOLDERS[0]}/sub01/<clip>/img<N>.jpg"
    )


def _roots(folder: Path, tree: str | None, depth: int) -> Iterator[tuple[str | None, Path]]:
    """The folders of subjects below `folder`, with the tree that the nearest name speaks of."""
    for inside in coding.folders_in(folder):
        kind = _tree(inside.name) or tree
        if _subject_folders(inside):
            yield kind, inside
        elif depth > 1 and not inside.name.startswith("__"):  # __MACOSX repeats the archive
            yield from _roots(inside, kind, depth - 1)


def _tree(name: str) -> str | None:
    """raw for CASME2_RAW, CASME2-RAW and RAW; cropped for Cropped and Cropped-updated."""
    plain = re.sub(r"[-_\s]+", "_", name.strip().lower())
    known = re.fullmatch(r"(?:casme2_)?(raw_selected|raw|cropped)(?:_updated)?", plain)
    return known[1] if known else None


def _subject_folders(root: Path) -> list[Path]:
    named = re.compile(r"sub\d{1,9}", re.ASCII | re.IGNORECASE)
    return [f for f in coding.folders_in(root) if named.fullmatch(f.name.strip())]
