"""The frames of each clip that are on disk, without reading any image."""

import collections
import dataclasses
import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from data_builders.annotations.annotation import ClipAnnotation
from data_builders.diagnosis.findings import Findings
from data_builders.pixels import frames, images, numbering, sampling
from data_builders.video.pictures import VideoFrame
from mol_jax.errors import UserError
from mol_jax.text.words import counted


@dataclasses.dataclass(frozen=True)
class OnDisk:
    """A clip's frames on disk between its onset and its offset.

    Attributes:
      clip: the clip.
      files: by frame number, ascending.
      last: number of the folder's last frame, -1 where it has none.
      outside: how many frames the folder holds before the onset or after the offset.
      unnumbered: names of images without a number.
      ignored: suffixes of files that are no images.
    """

    clip: ClipAnnotation
    files: dict[int, Path | VideoFrame]
    last: int
    outside: int
    unnumbered: tuple[str, ...]
    ignored: tuple[str, ...]

    @property
    def wanted(self) -> int:
        """How many frames the annotation spans."""
        return self.clip.offset - self.clip.onset + 1


@dataclasses.dataclass(frozen=True)
class Folder:
    """A folder, or video: its numbered frames, and the other files in it."""

    numbered: dict[int, Path | VideoFrame]
    others: tuple[Path, ...]

    @classmethod
    def open(cls, path: Path) -> "Folder":
        """Raises UserError for what the build would refuse."""
        try:
            numbered = frames.index_frames(path)
            files = [f for f in path.iterdir() if f.is_file()] if path.is_dir() else []
        except OSError as error:
            raise UserError(f"cannot read {path} ({error.strerror or error}): check it") from error
        kept = set(numbered.values())
        return cls(numbered, tuple(sorted(f for f in files if f not in kept)))


def list_frames(clip: ClipAnnotation, folder: Folder) -> OnDisk:
    """The frames of a clip in a folder."""
    files = folder.numbered
    numbers = sampling.clip_numbers(clip, np.array(list(files), np.int64))
    inside = {int(number): files[int(number)] for number in numbers}
    return OnDisk(
        clip,
        inside,
        last=max(files, default=-1),
        outside=len(files) - len(inside),
        unnumbered=tuple(f.name for f in folder.others if images.is_image(f)),
        ignored=tuple(f.suffix.lower() or f.name for f in folder.others if not images.is_image(f)),
    )


def report(clips: Sequence[ClipAnnotation], t: int, findings: Findings) -> list[OnDisk]:
    """The section on frames; returns the clips that have some."""
    listed, refused = [], []
    # A long recording holds many clips, one after the other.
    opened = functools.lru_cache(maxsize=1)(Folder.open)
    for clip in clips:
        try:
            listed.append(list_frames(clip, opened(clip.folder)))
        except UserError as error:
            refused.append(f"{clip.key}: {error}")
    if refused:
        findings.bad(f"{counted(len(refused), 'clip')} that a build stops at", refused)
    found = [one for one in listed if one.files]
    total, wanted = sum(len(one.files) for one in found), sum(one.wanted for one in listed)
    if found:
        complete = findings.ok if total == wanted else findings.note
        complete(f"{total} of {wanted} frames from onset to offset are on disk")
        lengths = sorted(len(one.files) for one in found)
        middle = lengths[len(lengths) // 2]
        findings.ok(
            f"clips have {lengths[0]} to {lengths[-1]} frames, half of them {middle} or more"
        )
    elif not refused:
        findings.bad("no clip has a frame on disk: copy them again, or give another --source")
    _report_oddities(listed, t, findings)
    return found


def _report_oddities(listed: Sequence[OnDisk], t: int, findings: Findings) -> None:
    empty = [one for one in listed if not one.files]
    if empty:
        findings.odd(
            f"{counted(len(empty), 'clip')} without any frame on disk: skipped, and listed in the "
            "metadata",
            [f"{_span(one)}, {_instead(one)}" for one in empty],
        )
    beyond = [one for one in listed if one.files and one.clip.offset > one.last]
    if beyond:
        findings.odd(
            f"{counted(len(beyond), 'clip')} whose offset lies beyond the last frame on disk: "
            "the last frame is the end",
            [f"{_span(one)}, the last on disk is {one.last}" for one in beyond],
        )
    gaps = [one for one in listed if one.files and _gaps(one)]
    if gaps:
        findings.odd(
            f"{counted(len(gaps), 'clip')} with frames missing within: samples take the nearest "
            "frame there is",
            [f"{_span(one)}, missing {_gaps(one)}" for one in gaps],
        )
    short = [one for one in listed if 0 < len(one.files) < t]
    if short:
        findings.odd(
            f"{counted(len(short), 'clip')} of fewer than t = {t} frames: some are repeated, and "
            "the flow between the same frame is zero",
            [f"{one.clip.key}: {counted(len(one.files), 'frame')}" for one in short],
        )
    unnumbered = [one for one in listed if one.unnumbered]
    if unnumbered:
        findings.odd(
            f"{counted(len(unnumbered), 'clip')} with images whose names hold no number: those "
            "images are ignored",
            [f"{one.clip.key}: {', '.join(one.unnumbered[:3])}" for one in unnumbered],
        )
    outside = [one for one in listed if one.outside]
    if outside:
        findings.note(
            f"{counted(len(outside), 'clip')} in folders that hold more frames than the clip's: "
            "those are ignored"
        )
    inner = [one for one in listed if _inner(one)]
    if inner:
        findings.note(
            f"{counted(len(inner), 'clip')} whose frames are not numbered by the last number of "
            "their names, but by the one that tells them apart",
            [f"{one.clip.key}: {_inner(one)}" for one in inner],
        )
    folders = {one.clip.folder: one.ignored for one in listed}
    ignored = collections.Counter(suffix for found in folders.values() for suffix in found)
    if ignored:
        kinds = ", ".join(f"{number} {suffix}" for suffix, number in ignored.most_common(5))
        findings.note(f"files that are no {' '.join(images.IMAGE_SUFFIXES)}: {kinds}; ignored")


def _span(one: OnDisk) -> str:
    return f"{one.clip.key}, frames {one.clip.onset} to {one.clip.offset}"


def _instead(one: OnDisk) -> str:
    """What a folder holds that has no frame of its clip."""
    held = collections.Counter(one.ignored).most_common(3)
    facts = [f"{one.outside} other frames, the last is {one.last}"] * bool(one.outside)
    facts += [f"{number} {suffix}" for suffix, number in held]
    return f"the folder holds {', '.join(facts) or 'nothing'}"


def _inner(one: OnDisk) -> str:
    """A frame whose number is not the last one in its image's name; nothing where there is none."""
    for number, file in one.files.items():
        if isinstance(file, Path) and numbering.numbers(file)[-1] != number:
            return f"{file.name} is frame {number}"
    return ""


def _gaps(one: OnDisk) -> int:
    """How many frames are missing that come before the last one on disk."""
    return min(one.clip.offset, one.last) - one.clip.onset + 1 - len(one.files)
