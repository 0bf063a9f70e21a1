"""The long clips of SMIC (HS-E, VIS-E, NIR-E): a workbook bounds micro-expressions in each.

A clip holds up to three, one after the other.

No apex is known. FirstF and LastF, the bounds of the long clip, are not read: the frames on disk
carry their numbers, and FirstF is text in places.
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from data_builders.common import unpacked, workbook
from data_builders.common.annotation import AnnotatedSource, ClipAnnotation, SkippedClip
from data_builders.smic import layout
from data_builders.smic.annotation import annotation_of, subject_name, twice
from data_builders.smic.layout import ClipName

SPANS = (("onsetf", "offsetf"), ("onset2f", "offset2f"), ("onset3f", "offset3f"))
HEADERS = ("subject", "filename", "emotion", *(header for span in SPANS for header in span))
NOTHING = ("", "0", "-", "/")  # what stands where a row has no second or third micro-expression


@dataclasses.dataclass(frozen=True)
class LongRow:
    """One row of the workbook: its number, and its cells as text by their header."""

    number: int
    cells: Mapping[str, str]
    spans: tuple[tuple[int | None, int | None], ...]

    @property
    def name(self) -> ClipName | None:
        return ClipName.parse(self.cells["filename"])

    @property
    def is_note(self) -> bool:
        """Whether this is one of the free texts below the table."""
        return self.name is None and not any(self.cells[h] for span in SPANS for h in span)

    def shown(self, position: int) -> str:
        """The span as it stands in the sheet."""
        first, last = (self.cells[header] or "nothing" for header in SPANS[position])
        return f"{first} to {last}"


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
    for row in _read(file):
        problem = _problem(row, folders, named)
        if problem is not None:
            subject = subject_name(row.name.subject) if row.name else row.cells["subject"]
            clip = str(row.name or row.cells["filename"])
            skipped.append(SkippedClip(subject, clip, f"row {row.number} {problem}"))
        elif row.name is not None:
            named.add(row.name)
            made, bad = _expand(row, row.name, dataset, folders[row.name])
            clips += made
            skipped += bad
    stray += [folder for name, folder in folders.items() if name not in named]
    unannotated = tuple(folder.relative_to(root).as_posix() for folder in stray)
    return AnnotatedSource(file, tuple(clips), tuple(skipped), unannotated)


def _read(file: Path) -> list[LongRow]:
    """The rows of the table, without the notes below it."""
    columns, rows = workbook.below_header(file, workbook.read_rows(file), HEADERS)
    table = [
        LongRow(
            number=row.number,
            cells={header: row.text(column) for header, column in columns.items()},
            spans=tuple(
                (row.integer(columns[first]), row.integer(columns[last])) for first, last in SPANS
            ),
        )
        for row in rows
    ]
    return [row for row in table if not row.is_note]


def _problem(row: LongRow, folders: Mapping[ClipName, Path], named: set[ClipName]) -> str | None:
    """Why nothing of a row can be built."""
    name, subject, emotion = row.name, row.cells["subject"], row.cells["emotion"].lower()
    if name is None:
        return f"names {row.cells['filename'] or 'nothing'!r}, expected a clip such as s3_sur_01"
    if subject and layout.subject_number(subject) != name.subject:
        return f"is of subject {subject}, its clip of subject {name.subject}"
    if emotion != name.emotion:
        return f"says {emotion or 'no emotion'}, the name of its clip {name.emotion}"
    if name in named:
        return "names the clip a second time"
    if name not in folders:
        return "names a clip that has no folder"
    return None


def _expand(
    row: LongRow, name: ClipName, dataset: str, folder: Path
) -> tuple[list[ClipAnnotation], list[SkippedClip]]:
    """The micro-expressions of a row, and those whose frame numbers are none."""
    made, bad = [], []
    for position, (onset, offset) in enumerate(row.spans):
        if position and all(row.cells[header] in NOTHING for header in SPANS[position]):
            continue
        clip = clip_name(name, position)
        if onset is None or offset is None or offset < onset:
            swapped = onset is not None and offset is not None
            reason = f"row {row.number} spans frames {row.shown(position)}"
            reason += ": the offset comes before the onset" * swapped
            bad.append(SkippedClip(subject_name(name.subject), clip, reason))
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
