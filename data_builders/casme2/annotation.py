"""The coding workbook of CASME II and the clip folders it speaks of.

Columns are read by position, because two headers are blank (1-based): 1 Subject (text '01'),
2 Filename, 4 OnsetFrame, 5 ApexFrame ('/' where missing), 6 OffsetFrame, 8 Action Units,
9 Estimated Emotion.
"""

import contextlib
import dataclasses
import re
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

import openpyxl

from data_builders.common.annotation import (
    AnnotatedSource,
    ClipAnnotation,
    SkippedClip,
    usable_apex,
)
from mol_jax.errors import UserError

WORKBOOKS = ("CASME2-coding-20140508.xlsx", "CASME2-coding-20190701.xlsx")
FRAME_FOLDERS = ("CASME2_RAW_selected", "CASME2_RAW", "CASME2-RAW", "Cropped")
HEADERS = {0: "subject", 1: "filename", 3: "onsetframe", 4: "apexframe", 5: "offsetframe"}
HEADERS |= {7: "action units", 8: "estimated emotion"}
# What openpyxl, and the zip and XML readers below it, raise over a damaged workbook.
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, OSError, EOFError, SyntaxError, LookupError, AttributeError),
    *(TypeError, ValueError, ArithmeticError, RuntimeError),
)


@dataclasses.dataclass(frozen=True)
class Row:
    """One row of the workbook, cells by position."""

    number: int
    cells: tuple

    def text(self, column: int) -> str:
        """The cell as stripped text, empty where there is none."""
        value = self.cells[column] if column < len(self.cells) else None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return "" if value is None else str(value).strip()

    def integer(self, column: int) -> int | None:
        """The cell as a frame number, None for '/' or anything else that is no whole number."""
        text = self.text(column)
        return int(text) if re.fullmatch(r"\d{1,9}", text) else None


def annotate(source: Path, dataset: str) -> AnnotatedSource:
    """Reads a CASME II folder: the workbook, and the clip folders its rows name.

    Rows without a folder, without frame numbers, or naming a clip a second time are listed as
    skipped; folders without a row are listed as unannotated.

    Raises:
      UserError: if the workbook or the frames' folder is missing, or the workbook is another one.
    """
    file = find_workbook(source)
    folders = clip_folders(frames_root(source))
    clips: dict[tuple[str, str], ClipAnnotation] = {}
    skipped: list[SkippedClip] = []
    for row in read_rows(file):
        clip = parse_row(row, dataset, folders)
        key = (clip.subject, clip.clip.lower())
        if isinstance(clip, ClipAnnotation) and key not in clips:
            clips[key] = clip
        elif isinstance(clip, ClipAnnotation):
            skipped.append(SkippedClip(*key, f"row {row.number} names the clip a second time"))
        else:
            skipped.append(clip)
    named = {clip.folder for clip in clips.values()}
    unannotated = [f"{s}/{path.name}" for (s, _), path in folders.items() if path not in named]
    return AnnotatedSource(file, tuple(clips.values()), tuple(skipped), tuple(unannotated))


def parse_row(
    row: Row, dataset: str, folders: dict[tuple[str, str], Path]
) -> ClipAnnotation | SkippedClip:
    """One row as a clip, or the reason why it is none."""
    subject, clip = subject_name(row.text(0)), row.text(1)
    onset, apex, offset = (row.integer(column) for column in (3, 4, 5))
    emotion = row.text(8).lower()
    folder = folders.get((subject, clip.lower()))
    if onset is None or offset is None or offset < onset:
        span = f"{row.text(3) or 'nothing'} to {row.text(5) or 'nothing'}"
        return SkippedClip(subject, clip, f"row {row.number} spans frames {span}")
    if not emotion:
        return SkippedClip(subject, clip, f"row {row.number} has no emotion")
    if folder is None:
        return SkippedClip(subject, clip, "no such folder")
    return ClipAnnotation(
        dataset=dataset,
        subject=subject,
        person=f"{dataset}/{subject}",
        clip=clip,
        emotion=emotion,
        action_units=row.text(7),
        onset=onset,
        apex=usable_apex(onset, apex, offset),
        offset=offset,
        folder=folder,
    )


def subject_name(text: str) -> str:
    """'01', '1' and 'sub01' are sub01: spreadsheets lose the text type, and so the zero."""
    digits = re.fullmatch(r"(?:sub)?0*(\d{1,9})", text.lower())
    return f"sub{int(digits[1]):02d}" if digits else text


def find_workbook(source: Path) -> Path:
    """The coding workbook in `source`: a known name, else the only CASME2-coding*.xlsx."""
    known = [source / name for name in WORKBOOKS if (source / name).is_file()]
    if len(known) > 1:
        raise UserError(
            f"{source} holds {' and '.join(WORKBOOKS)}, expected one coding workbook: move the "
            "other one away"
        )
    if known:
        return known[0]
    others = sorted(source.glob("CASME2-coding*.xlsx"))
    if len(others) == 1:
        return others[0]
    raise UserError(
        f"{source} holds {len(others) or 'no'} coding workbook{'s' * (len(others) > 1)}, expected "
        f"{WORKBOOKS[0]} or {WORKBOOKS[1]}"
    )


def read_rows(file: Path) -> list[Row]:
    """The data rows of the coding workbook's Sheet1 (else its first sheet), empty rows left out.

    Raises:
      UserError: if the file is no workbook or its header is not the coding sheet's.
    """
    try:
        with contextlib.closing(
            openpyxl.load_workbook(file, read_only=True, data_only=True)
        ) as book:
            sheet = book["Sheet1"] if "Sheet1" in book.sheetnames else book.worksheets[0]
            values = list(sheet.iter_rows(values_only=True))
    except _DAMAGE as error:
        raise UserError(f"{file} cannot be read as an .xlsx workbook: copy it again") from error
    rows = [Row(number, cells) for number, cells in enumerate(values, start=1)]
    _check_header(file, rows)
    return [row for row in rows[1:] if row.text(0) or row.text(1)]


def _check_header(file: Path, rows: list[Row]) -> None:
    header = rows[0] if rows else Row(1, ())
    for column, expected in HEADERS.items():
        if header.text(column).lower() != expected:
            raise UserError(
                f"{file}: column {column + 1} is headed {header.text(column)!r}, expected "
                f"{expected!r}: is this the coding workbook of CASME II?"
            )


def frames_root(source: Path) -> Path:
    """The folder that holds sub01, sub02, …; archives often unpack it one level down."""
    for name in FRAME_FOLDERS:
        for folder in (source / name, source / name / name, source / name / "CASME2-RAW"):
            if _subject_folders(folder):
                return folder
    raise UserError(
        f"{source} holds no frames, expected {FRAME_FOLDERS[0]}/sub01/<clip>/img<N>.jpg"
    )


def clip_folders(root: Path) -> dict[tuple[str, str], Path]:
    """Maps (subject, clip in lower case) to the clip's folder.

    Raises:
      UserError: if two folders stand for one clip, as sub1/EP01 and sub01/ep01 do.
    """
    folders: dict[tuple[str, str], Path] = {}
    for subject in _subject_folders(root):
        for clip in _sorted_folders(subject.iterdir()):
            key = (subject_name(subject.name), clip.name.strip().lower())
            if key in folders:
                raise UserError(
                    f"{folders[key]} and {clip} are folders of one clip, expected one: remove the "
                    "wrong one"
                )
            folders[key] = clip
    return folders


def _subject_folders(root: Path) -> list[Path]:
    return _sorted_folders(root.glob("[sS]ub*")) if root.is_dir() else []


def _sorted_folders(paths: Iterable[Path]) -> list[Path]:
    return sorted(path for path in paths if path.is_dir())
