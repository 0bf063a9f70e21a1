"""From the rows of a coding workbook, one micro-expression each, to clips and their folders."""

import dataclasses
from collections.abc import Callable, Iterable
from pathlib import Path

from data_builders.common.annotation import (
    AnnotatedSource,
    ClipAnnotation,
    SkippedClip,
    usable_apex,
)
from data_builders.common.workbook import Row, plain_text
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


def annotate_rows(
    rows: Iterable[Row],
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
    """
    clips: dict[tuple[str, str], ClipAnnotation] = {}
    skipped: list[SkippedClip] = []
    named = set()
    for row in rows:
        if not (row.text(columns.subject) or row.text(columns.clip)):
            continue
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
    unannotated = [f"{key[0]}/{path.name}" for key, path in folders.items() if key not in named]
    return AnnotatedSource(file, tuple(clips.values()), tuple(skipped), tuple(unannotated))


def parse_row(
    row: Row, dataset: str, subject: str, columns: Columns, folders: Folders
) -> ClipAnnotation | SkippedClip:
    """One row as a clip, or the reason why it is none."""
    clip, emotion = row.text(columns.clip), row.text(columns.emotion).lower()
    onset, apex, offset = map(row.integer, (columns.onset, columns.apex, columns.offset))
    folder = folders.get((subject, clip.lower()))
    if onset is None or offset is None or offset < onset:
        span = [row.text(column) or "nothing" for column in (columns.onset, columns.offset)]
        reason = f"row {row.number} spans frames {' to '.join(span)}"
        reason += ": the offset comes before the onset" * (None not in (onset, offset))
        return SkippedClip(subject, clip, reason)
    if not emotion or emotion.startswith("#"):  # as #REF!, where a formula lost its cell
        error = f" but the error {emotion.upper()}" if emotion else ""
        return SkippedClip(subject, clip, f"row {row.number} has no emotion{error}")
    if folder is None:
        return SkippedClip(subject, clip, "no such folder")
    return ClipAnnotation(
        dataset=dataset,
        subject=subject,
        person=f"{dataset}/{subject}",
        clip=clip,
        emotion=emotion,
        action_units=row.text(columns.action_units),
        onset=onset,
        apex=usable_apex(onset, apex, offset),
        offset=offset,
        folder=folder,
    )


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
