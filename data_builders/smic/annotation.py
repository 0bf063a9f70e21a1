"""The short clips of SMIC (HS, VIS and NIR): the folders are the annotation, there is no workbook.

A clip lies in s3/micro/negative/s3_ne_01. Its first frame is the onset, its last one the offset;
no apex is known.
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from data_builders.annotations import unpacked
from data_builders.annotations.annotation import (
    NO_APEX,
    AnnotatedSource,
    ClipAnnotation,
    SkippedClip,
)
from data_builders.pixels import frames
from data_builders.smic import layout
from data_builders.smic.layout import ClipName
from mol_jax.errors import UserError


@dataclasses.dataclass(frozen=True)
class Placed:
    """A folder in a place for clips: the subject and the emotion are those of the place."""

    subject: int
    emotion: str
    folder: Path


def annotate(source: Path, dataset: str) -> AnnotatedSource:
    """Reads the short clips of the camera that `dataset` stands for, one of `layout.CAMERAS`.

    Folders without an image, or whose name contradicts their place, are listed as skipped; those
    not named like a clip as unannotated. Clips of non_micro are no micro-expressions and left out.

    Raises:
      UserError: if there are no clips of that camera, or two folders of one.
    """
    root = layout.short_root(source, layout.CAMERAS[dataset])
    unpacked.refuse_generated(source, root)
    clips: dict[ClipName, ClipAnnotation] = {}
    skipped: list[SkippedClip] = []
    stray: list[Path] = []
    for placed in _walk(root, stray):
        name = ClipName.parse(placed.folder.name)
        if name is None:
            stray.append(placed.folder)
            continue
        reason = _contradiction(name, placed)
        clip = None if reason else make_clip(placed.folder, name, dataset)
        if clip is None:
            reason = reason or "its folder holds no image"
            skipped.append(SkippedClip(subject_name(placed.subject), str(name), reason))
        elif name in clips:
            raise twice(clips[name].folder, clip.folder)
        else:
            clips[name] = clip
    if not clips and not skipped:
        raise UserError(f"{root} holds no clips, expected {layout.EXAMPLE}: check the folders")
    ordered = tuple(clips[name] for name in sorted(clips, key=_order))
    unannotated = tuple(folder.relative_to(root).as_posix() for folder in stray)
    return AnnotatedSource(root, ordered, tuple(skipped), unannotated)


def make_clip(folder: Path, name: ClipName, dataset: str) -> ClipAnnotation | None:
    """The whole of a folder as a clip, None where it holds no image."""
    numbers = list(frames.index_frames(folder))
    if not numbers:
        return None
    return annotation_of(name, dataset, folder, span=(numbers[0], numbers[-1]))


def annotation_of(
    name: ClipName, dataset: str, folder: Path, *, span: tuple[int, int], clip: str | None = None
) -> ClipAnnotation:
    """The annotation of the frames `span` in `folder`; `clip` where that is not its name."""
    return ClipAnnotation(
        dataset=dataset,
        subject=subject_name(name.subject),
        person=f"smic/{name.subject}",  # one face in HS, VIS, NIR and HS-E
        clip=clip or str(name),
        emotion=name.emotion,
        action_units="",
        onset=span[0],
        apex=NO_APEX,
        offset=span[1],
        folder=folder,
    )


def subject_name(number: int) -> str:
    """s3, as the folders of the short clips have it."""
    return f"s{number}"


def twice(first: Path, second: Path) -> UserError:
    """The error for two folders of one clip."""
    return UserError(
        f"{first} and {second} are folders of one clip, expected one: remove the wrong one"
    )


def _walk(root: Path, stray: list[Path]) -> Iterator[Placed]:
    """Yields the folders in a subject's micro/<emotion>; adds others, not non_micro, to `stray`."""
    subjects = layout.subject_folders(root)
    stray += [folder for folder in layout.subfolders(root) if folder not in subjects]
    for subject in subjects:
        number = layout.subject_number(subject.name)
        assert number is not None, "only such folders are listed"
        for part in layout.subfolders(subject):
            if part.name.lower() != "micro":
                stray += [part] * (part.name.lower() != "non_micro")
                continue
            for emotion in layout.subfolders(part):
                if emotion.name.strip().lower() not in layout.EMOTIONS:
                    stray.append(emotion)
                    continue
                for clip in layout.subfolders(emotion):
                    yield Placed(number, emotion.name.strip().lower(), clip)


def _contradiction(name: ClipName, placed: Placed) -> str | None:
    """Why the name is not that of a clip in this place."""
    if name.subject != placed.subject:
        return f"it lies in the folder of subject {placed.subject}"
    if name.emotion != placed.emotion:
        return f"its name says {name.emotion}, its folder {placed.emotion}"
    return None


def _order(name: ClipName) -> tuple[int, str, int]:
    return name.subject, name.code, name.index
