"""Aff-Wild2's expression track: label files and aligned images to clips, by the rule of `cutting`.

No micro-expressions: a clip is half a second of a face that has one label throughout, so its onset
and offset are merely its first and last frame, and it has no apex.
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from data_builders.affwild2 import cutting, labels, layout
from data_builders.affwild2.cutting import Rule
from data_builders.affwild2.tally import CutTally
from data_builders.annotations.annotation import (
    NO_APEX,
    AnnotatedSource,
    ClipAnnotation,
    SkippedClip,
)
from data_builders.pixels import frames
from mol_jax.errors import UserError


@dataclasses.dataclass(frozen=True)
class CutSource(AnnotatedSource):
    """The clips, and how they were cut.

    Attributes:
      cut: the rule and the counts, for the metadata of a build; `notes` has them in sentences.
    """

    cut: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Video:
    """A video with labels: its name, its split and its label file."""

    name: str
    split: str
    file: Path


def annotate(source: Path, dataset: str, rule: Rule | None = None) -> CutSource:
    """Reads both splits of the expression track.

    Videos without images, with damaged labels or without a clip are listed as skipped; folders of
    images without labels, as those of the test split are, as unannotated.

    Raises:
      UserError: if labels or images are missing or there twice, if no label file is one, or if a
        folder of images cannot be read.
    """
    track = layout.label_folder(source)
    folders = layout.image_folders(source)
    rule = rule or Rule()
    skipped: list[SkippedClip] = []
    videos = list(_videos(track, skipped))
    tally, refused = CutTally(rule), 0
    clips: list[ClipAnnotation] = []
    for video in videos:
        try:
            found = labels.read(video.file)
        except UserError as error:
            refused += 1
            if refused == len(videos):
                raise UserError(f"no label file of {track} can be used: {error}") from error
            # The metadata of a build say nothing of the machine it was built on.
            reason = str(error).replace(str(video.file), video.file.name)
            skipped.append(SkippedClip(video.name, video.split, reason))
            continue
        made = _cut_video(video, found, dataset, folders.get(video.name.lower()), tally)
        if isinstance(made, str):
            skipped.append(SkippedClip(video.name, video.split, made))
        else:
            clips += made
    labelled = {video.name.lower() for video in videos}
    unannotated = [f"{f.parent.name}/{f.name}" for n, f in folders.items() if n not in labelled]
    return CutSource(
        track,
        tuple(clips),
        tuple(skipped),
        tuple(unannotated),
        cut=tally.as_metadata(),
        notes=tally.as_notes(),
    )


def _videos(track: Path, skipped: list[SkippedClip]) -> Iterator[Video]:
    """Yields the videos of both splits, of one in both only that for validation."""
    files = {
        split: layout.label_files(folder) for split, folder in layout.split_folders(track).items()
    }
    if not any(files.values()):
        raise UserError(f"{track} holds no <video>.txt in its splits: unpack the annotations again")
    held_out = {layout.video_name(file).lower() for file in files.get(layout.VALIDATION, ())}
    seen: set[str] = set()
    for split in (layout.TRAIN, layout.VALIDATION):
        for file in files.get(split, ()):
            name = layout.video_name(file)
            reason = None
            if not _is_text(name):
                name, reason = ascii(name), "its name is no text in UTF-8: rename it"
            elif split == layout.TRAIN and name.lower() in held_out:
                reason = "it is in the validation split too, and built from there only"
            elif name.lower() in seen:
                reason = f"{file.name} names the video a second time"
            if reason:
                skipped.append(SkippedClip(name, split, reason))
            else:
                seen.add(name.lower())
                yield Video(name, split, file)


def _is_text(name: str) -> bool:
    """Whether a name from the disk can be stored and printed."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return bool(name) and name.isprintable()


def _cut_video(
    video: Video, found: labels.Labels, dataset: str, folder: Path | None, tally: CutTally
) -> list[ClipAnnotation] | str:
    """The clips of a video, or why there are none."""
    if folder is None:
        return f"there is no folder {layout.IMAGES}/{video.name} with images"
    numbers = frames.index_frames(folder)
    if not numbers:
        return "its folder holds no image"
    clips, counts = cutting.cut(found, numbers, tally.rule)
    tally.add(video.name, video.split, found, counts)
    if not clips:
        return f"it has no {tally.rule.length} frames in a row with one label and images"
    return [_annotation(clip, video, dataset, folder) for clip in clips]


def _annotation(clip: cutting.Clip, video: Video, dataset: str, folder: Path) -> ClipAnnotation:
    return ClipAnnotation(
        dataset=dataset,
        subject=video.name,
        # _left and _right are two people, and one recording: the same light, camera and talk, and
        # each in the other's picture. Parts of a recording most likely show one person. None of
        # them may lie on both sides of a split.
        person=f"affwild2/{layout.source_video(video.name).lower()}",
        clip=f"{video.split}_{clip.first:05d}",
        emotion=clip.label,
        action_units="",
        onset=clip.first,
        apex=NO_APEX,
        offset=clip.last,
        folder=folder,
    )
