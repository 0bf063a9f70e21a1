"""The long clips of SMIC (HS-E, VIS-E, NIR-E): a workbook bounds micro-expressions in each.

A clip holds up to three, one after the other.

No apex is known. FirstF and LastF, the bounds of the long clip, are not read: the frames on disk
carry their numbers, and FirstF is text in places.
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from data_builders.annotations import unpacked
from data_builders.annotations.annotation import AnnotatedSource, ClipAnnotation, SkippedClip
from data_builders.annotations.cells import Row
from data_builders.annotations.frame_numbers import frame_number
from data_builders.annotations.workbook import Table, read_table
from data_builders.smic import layout
from data_builders.smic.annotation import annotation_of, subject_name, twice
from data_builders.smic.layout import ClipName

SPANS = (("onsetf", "offsetf"), ("onset2f", "offset2f"), ("onset3f", "offset3f"))
HEADERS = ("subject", "filename", "emotion", *(header for span in SPANS for header in span))
UNREAD = ("firstf", "lastf", "totalmf1", "totalmf2", "totalmf3", "totalvl")


@dataclasses.dataclass(frozen=True)
class LongRow:
    """One row of the workbook, its cells by their header."""

    row: Row
    columns: Mapping[str, int]

    @property
    def number(self) -> int:
        return self.row.number

    @property
    def name(self) -> ClipName | None:
        return ClipName.parse(self.text("filename"))

    @property
    def is_note(self) -> bool:
        """Whether this is one of the free texts below the table."""
        return self.name is None and not any(self.text(h) for span in SPANS for h in span)

    def text(self, header: str) -> str:
        return self.row.text(self.columns[header])

    def fault(self, header: str) -> str | None:
        return self.row.fault(self.columns[header])

    def span(self, position: int) -> tuple[int | None, int | None]:
        """The numbers of the first and the last frame, None for a cell that holds none."""
        first, last = (self.row.integer(self.columns[header]) for header in SPANS[position])
        return first, last

    def is_over(self, position: int) -> bool:
        """Whether a row has no such micro-expression: nothing or 0 in both of its cells."""
        cells = [self.columns[header] for header in SPANS[position]]
        return all(self.row.is_absent(cell) or self.row.integer(cell) == 0 for cell in cells)

    def unreadable(self, position: int) -> str | None:
        """Why the two cells bound no frames."""
        first, last = self.span(position)
        for header, number in zip(SPANS[position], (first, last), strict=True):
            if number is None:
                return self.row.no_number(self.columns[header])
        if first is not None and last is not None and last < first:
            span = f"row {self.number} spans frames {first} to {last}"
            return f"{span}: the offset comes before the onset"
        return None


def annotate(source: Path, dataset: str) -> AnnotatedSource:
    """Reads a camera's long clips: the workbook, and the clip folders its rows name.

    `dataset` is one of `layout.LONG_CAMERAS`. A row's second and third micro-expression are clips
    of their own, named with _me2 and _me3. Rows that cannot be built are listed as skipped, folders
    without a row as unannotated.

    Raises:
      UserError: if the workbook or the frames are missing, or the workbook is another one.
    """
    camera = layout.LONG_CAMERAS[dataset]
    file, root = layout.long_workbook(source, camera), layout.long_root(source, camera)
    unpacked.refuse_generated(source, file, root)
    folders, stray = _clip_folders(root)
    clips: list[ClipAnnotation] = []
    skipped: list[SkippedClip] = []
    named: set[ClipName] = set()
    table = read_table(file, HEADERS, unread=UNREAD)
    for row in _rows(table):
        problem = _problem(row, folders, named)
        if problem is not None:
            subject = subject_name(row.name.subject) if row.name else row.text("subject")
            clip = str(row.name or row.text("filename"))
            skipped.append(SkippedClip(subject, clip, f"row {row.number} {problem}"))
        elif row.name is not None:
            named.add(row.name)
            made, bad = _expand(row, row.name, dataset, folders[row.name])
            clips += made
            skipped += bad
    stray += [folder for name, folder in folders.items() if name not in named]
    unannotated = tuple(folder.relative_to(root).as_posix() for folder in stray)
    return AnnotatedSource(file, tuple(clips), tuple(skipped), unannotated, table.notes)


def _rows(table: Table) -> list[LongRow]:
    """The rows of the table, without the notes below it."""
    rows = (LongRow(row, table.columns) for row in table.rows)
    return [row for row in rows if not row.is_note]


def _problem(row: LongRow, folders: Mapping[ClipName, Path], named: set[ClipName]) -> str | None:
    """Why nothing of a row can be built."""
    name = row.name
    fault = next(filter(None, map(row.fault, ("subject", "filename", "emotion"))), None)
    if fault is not None:
        return f"cannot be read: {fault}"
    if name is None:
        return f"names {row.text('filename') or 'nothing'!r}, expected a clip such as s3_sur_01"
    if name in named:
        return "names the clip a second time"
    if name not in folders:
        return "names a clip that has no folder"
    return _contradiction(row, name)


def _contradiction(row: LongRow, name: ClipName) -> str | None:
    """What the row says that the name of its clip does not."""
    subject, emotion = row.text("subject"), row.text("emotion").lower()
    number = frame_number(subject)
    number = layout.subject_number(subject) if number is None else number
    if not row.row.is_absent(row.columns["subject"]) and number != name.subject:
        return f"is of subject {subject}, its clip of subject {name.subject}"
    if emotion != name.emotion:
        return f"says {emotion or 'no emotion'}, the name of its clip {name.emotion}"
    return None


def _expand(
    row: LongRow, name: ClipName, dataset: str, folder: Path
) -> tuple[list[ClipAnnotation], list[SkippedClip]]:
    """The micro-expressions of a row, and those whose frame numbers are none."""
    made, bad = [], []
    for position in range(len(SPANS)):
        if position and row.is_over(position):
            continue
        clip = clip_name(name, position)
        onset, offset = row.span(position)
        reason = row.unreadable(position)
        if onset is None or offset is None or reason is not None:
            bad.append(SkippedClip(subject_name(name.subject), clip, reason or ""))
        else:
            made.append(annotation_of(name, dataset, folder, span=(onset, offset), clip=clip))
    return made, bad


def clip_name(name: ClipName, position: int) -> str:
    """s3_ne_01 for the first micro-expression of a long clip, then s3_ne_01_me2 and _me3."""
    return f"{name}_me{position + 1}" if position else str(name)


def _clip_folders(root: Path) -> tuple[dict[ClipName, Path], list[Path]]:
    """The clips' folders by name, and the folders that are none or lie with another subject."""
    subjects = layout.subject_folders(root)
    stray = [folder for folder in layout.subfolders(root) if folder not in subjects]
    found: dict[ClipName, Path] = {}
    for subject in subjects:
        for folder in layout.subfolders(subject):
            name = ClipName.parse(folder.name)
            if name is None or name.subject != layout.subject_number(subject.name):
                stray.append(folder)
            elif name in found:
                raise twice(found[name], folder)
            else:
                found[name] = folder
    return found, stray
