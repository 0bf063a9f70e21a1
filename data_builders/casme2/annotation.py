"""The coding workbook of CASME II and the clip folders it speaks of.

As distributed: 1 Subject (text '01'), 2 Filename, 4 OnsetFrame, 5 ApexFrame ('/' where missing),
6 OffsetFrame, 8 Action Units, 9 Estimated Emotion; columns 3 and 7 have no header. They are found
by what heads them, wherever they stand.
"""

import re
from pathlib import Path

from data_builders.annotations import coding, unpacked
from data_builders.annotations.annotation import AnnotatedSource
from data_builders.annotations.cells import plain_text
from data_builders.annotations.frame_numbers import frame_number
from data_builders.annotations.workbook import read_table
from data_builders.video.pictures import is_video
from mol_jax.errors import UserError

WORKBOOKS = ("CASME2-coding-20140508.xlsx", "CASME2-coding-20190701.xlsx")
WORKBOOK_PATTERN = "CASME2-coding*.xlsx"
# Best first: faces are lost in tight crops, and full recordings are many more files.
FRAME_FOLDERS = ("CASME2_RAW_selected", "CASME2_RAW", "Cropped")
EXPECTED = f"{FRAME_FOLDERS[0]}/sub01/<clip>/img<N>.jpg"
DEPTH = 3  # folders from the source to that of the subjects: archives unpack into one another
HEADERS = {
    "subject": "subject",
    "clip": "filename",
    "onset": "onsetframe",
    "apex": "apexframe",
    "offset": "offsetframe",
    "action_units": "action units",
    "emotion": "estimated emotion",
}


def annotate(source: Path, dataset: str) -> AnnotatedSource:
    """Reads a CASME II folder: the workbook, and the clip folders its rows name.

    Rows without a folder, without frame numbers, or naming a clip a second time are listed as
    skipped; folders without a row are listed as unannotated.

    Raises:
      UserError: if the workbook or the frames' folder is missing, or the workbook is another one.
    """
    places = unpacked.levels(source, DEPTH, _is_subject)
    roots = _roots(source, places)
    file = unpacked.find_workbook(places, WORKBOOKS, WORKBOOK_PATTERN)
    table = read_table(file, tuple(HEADERS.values()), prefer="Sheet1")
    columns = coding.Columns(**{field: table.columns[head] for field, head in HEADERS.items()})
    root = _best(source, roots, unpacked.keys(table.rows, columns, subject_name))
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
    """'01', '1' and 'sub01' are sub01: spreadsheets lose the text type, and so the zero."""
    number = frame_number(re.sub(r"^sub(?=\d)", "", plain_text(text).lower()))
    return text if number is None else f"sub{number:02d}"


def _roots(source: Path, places: list[list[Path]]) -> dict[Path, str | None]:
    """The folders that hold sub01, sub02, … and the tree that each is of, None for `source`.

    Raises:
      UserError: if there is none.
    """
    found: dict[Path, str | None] = {}
    for folder in (folder for level in places for folder in level if _subject_folders(folder)):
        below = folder.relative_to(source).parts
        named = (tree_of(part) for part in reversed((source.absolute().name, *below)))
        tree = next(filter(None, named), None)
        if folder == source or tree is not None:
            found[folder] = None if folder == source else tree
    if found and any(_clips(root) for root in found):
        return found
    videos = (f for level in places for folder in level for f in _videos(folder))
    video = next(videos, None)
    if video is not None:
        raise UserError(
            f"{source} holds videos such as {video.parent.name}/{video.name} and no images, and "
            "whether their frames are numbered as in the workbook is not known: expected "
            f"{EXPECTED}"
        )
    if not found:
        raise UserError(f"{source} holds no frames, expected {EXPECTED}")
    return found


def _best(source: Path, roots: dict[Path, str | None], annotated: unpacked.Keys) -> Path:
    """The folder of subjects to read: of those that hold the clips, `source` or the best tree.

    Raises:
      UserError: if the best tree is there twice.
    """
    full = unpacked.with_clips(list(roots), annotated, _subject_folders, subject_name)
    for name in (None, *FRAME_FOLDERS):
        best = [root for root in full if roots[root] == (name and tree_of(name))]
        if len(best) > 1:
            raise UserError(
                f"{source} holds the frames of {name} twice, {best[0]} and {best[1]}: move the "
                "wrong ones away"
            )
        if best:
            return best[0]
    raise AssertionError("every root is the source or of a tree")


def tree_of(name: str) -> str | None:
    """raw for CASME2_RAW, CASME2-RAW and RAW; cropped for Cropped and Cropped-updated."""
    plain = re.sub(r"[-_\s]+", "_", name.strip().lower())
    known = re.fullmatch(r"(?:casme2_)?(raw_selected|raw|cropped)(?:_updated)?", plain)
    return known[1] if known else None


def _is_subject(folder: Path) -> bool:
    return re.fullmatch(r"sub\d{1,9}", folder.name.strip(), re.ASCII | re.IGNORECASE) is not None


def _subject_folders(root: Path) -> list[Path]:
    return [folder for folder in coding.folders_in(root) if _is_subject(folder)]


def _clips(root: Path) -> list[Path]:
    return [clip for subject in _subject_folders(root) for clip in coding.folders_in(subject)]


def _videos(root: Path) -> list[Path]:
    inside = (file for subject in _subject_folders(root) for file in sorted(subject.iterdir()))
    return [file for file in inside if is_video(file)]
