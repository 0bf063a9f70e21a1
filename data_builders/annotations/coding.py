"""From the rows of a coding workbook, one micro-expression each, to clips and their folders."""

import dataclasses
from collections.abc import Callable, Iterable
from pathlib import Path

from data_builders.annotations.action_units import action_units
from data_builders.annotations.annotation import (
    AnnotatedSource,
    ClipAnnotation,
    SkippedClip,
    usable_apex,
)
from data_builders.annotations.cells import Row, plain_text
from data_builders.annotations.workbook import Table
from mol_jax.errors import UserError

Folders = dict[tuple[str, str], Path]  # (subject, clip in lower case) → the clip's folder


@dataclasses.dataclass(frozen=True, kw_only=True)
class Columns:
    """Where a row holds what, counted from 0."""

    subject: int
    clip: int
    onset: int
    apex: int
    offset: int
    action_units: int
    emotion: int

    def clip_is_named(self, row: Row) -> bool:
        """Whether a row is one of the table, and no note below it."""
        return bool(row.text(self.subject) or row.text(self.clip))


def annotate_rows(
    table: Table,
    *,
    dataset: str,
    file: Path,
    columns: Columns,
    folders: Folders,
    subject_name: Callable[[str], str],
) -> AnnotatedSource:
    """Matches the rows of a workbook with the clip folders on disk.

    Rows without a folder, without frame numbers, or naming a clip a second time are listed as
    skipped; folders without a row are listed as unannotated. Rows without subject and clip are no
    rows.

    Raises:
      UserError: if a clip has no subject, or a cell holds a formula that was never calculated.
    """
    clips: dict[tuple[str, str], ClipAnnotation] = {}
    skipped: list[SkippedClip] = []
    notes: list[str] = []
    named = set()
    for row in filter(columns.clip_is_named, table.rows):
        _refuse_nameless(file, row, columns)
        subject = subject_name(row.text(columns.subject))
        clip = parse_row(row, dataset, subject, columns, folders)
        key = (clip.subject, clip.clip.lower())
        named.add(key)
        if isinstance(clip, SkippedClip):
            skipped.append(clip)
        elif key in clips:
            reason = f"row {row.number} names the clip a second time"
            skipped.append(SkippedClip(clip.subject, clip.clip, reason))
        else:
            clips[key] = clip
            notes += _odd_cells(row, clip, columns)
    unannotated = [f"{key[0]}/{path.name}" for key, path in folders.items() if key not in named]
    return AnnotatedSource(
        file,
        tuple(clips.values()),
        tuple(skipped),
        tuple(unannotated),
        notes=(*table.notes, *notes),
    )


def parse_row(
    row: Row, dataset: str, subject: str, columns: Columns, folders: Folders
) -> ClipAnnotation | SkippedClip:
    """One row as a clip, or the reason why it is none."""
    clip = row.text(columns.clip)
    folder = folders.get((subject, clip.lower()))
    reason = _no_name(row, columns) or _no_span(row, columns) or _no_emotion(row, columns.emotion)
    if reason is not None or folder is None:
        return SkippedClip(subject, clip, reason or "no such folder")
    onset, apex, offset = map(row.integer, (columns.onset, columns.apex, columns.offset))
    assert onset is not None and offset is not None, "else the row spans no frames"
    return ClipAnnotation(
        dataset=dataset,
        subject=subject,
        person=f"{dataset}/{subject}",
        clip=clip,
        emotion=row.text(columns.emotion).lower(),
        action_units=row.text(columns.action_units),
        onset=onset,
        apex=usable_apex(onset, apex, offset),
        offset=offset,
        folder=folder,
    )


def _refuse_nameless(file: Path, row: Row, columns: Columns) -> None:
    """Refuses a clip of nobody: whose it is would otherwise be guessed, or the clip lost."""
    if not row.text(columns.subject) and row.integer(columns.onset) is not None:
        raise UserError(
            f"{file}, cell {row.name(columns.subject)} is empty, expected the subject of clip "
            f"{row.text(columns.clip)!r}: write it into every row, or merge the cells of one person"
        )


def _no_name(row: Row, columns: Columns) -> str | None:
    """Why a row names no clip."""
    if not row.text(columns.clip):  # a note, or a line of sums
        return f"row {row.number} names no clip"
    faults = (row.fault(column) for column in (columns.subject, columns.clip))
    fault = next(filter(None, faults), None)
    return f"{fault}, expected a name" if fault else None


def _no_span(row: Row, columns: Columns) -> str | None:
    """Why a row bounds no frames."""
    onset, offset = row.integer(columns.onset), row.integer(columns.offset)
    if onset is None or offset is None:
        return row.no_number(columns.onset if onset is None else columns.offset)
    if offset < onset:
        span = f"row {row.number} spans frames {onset} to {offset}"
        return f"{span}: the offset comes before the onset"
    return None


def _no_emotion(row: Row, column: int) -> str | None:
    fault, text = row.fault(column), row.text(column)
    if not fault and not row.is_absent(column):
        return None
    said = fault or (f"{row.name(column)} is {text!r}" if text else "its cell is empty")
    return f"row {row.number} has no emotion: {said}"


def _odd_cells(row: Row, clip: ClipAnnotation, columns: Columns) -> list[str]:
    """What a clip that is built lost, or took from a cell of another kind."""
    notes = []
    if row.integer(columns.apex) is None and not row.is_absent(columns.apex):
        notes.append(f"{clip.key}: {row.no_number(columns.apex)}: the clip has no apex")
    fault, text = row.fault(columns.action_units), row.text(columns.action_units)
    if fault is not None:
        notes.append(f"{clip.key}: {fault}, expected action units")
    elif not row.is_absent(columns.action_units) and not action_units(text):
        name = row.name(columns.action_units)
        notes.append(f"{clip.key}: {name} is {text!r}, which holds no action unit")
    return notes


def clip_folders(subjects: Iterable[Path], subject_name: Callable[[str], str]) -> Folders:
    """The clip folders inside the folders of subjects.

    Raises:
      UserError: if two folders stand for one clip, as sub1/EP01 and sub01/ep01 do.
    """
    folders: Folders = {}
    for subject in subjects:
        for clip in folders_in(subject):
            key = (subject_name(subject.name.strip()), plain_text(clip.name).lower())
            if key in folders:
                raise UserError(
                    f"{folders[key]} and {clip} are folders of one clip, expected one: remove the "
                    "wrong one"
                )
            folders[key] = clip
    return folders


def folders_in(folder: Path) -> list[Path]:
    """The folders inside a folder by name, hidden ones left out; none where it is no folder."""
    if not folder.is_dir():
        return []
    return sorted(f for f in folder.iterdir() if f.is_dir() and not f.name.startswith("."))
