"""One dataset record from one annotated clip: a pure function, run in worker processes."""

import dataclasses
import re
from typing import Any

import numpy as np

from data_builders.common import alignment, faces, flow, frames, keeping, sampling
from data_builders.common.annotation import ClipAnnotation, SkippedClip
from data_builders.common.landmarks import LandmarkCache
from mol_jax.errors import UserError

FRAMES = (2, 4, 8, 16)  # what the network can be given
CROP_STEP = 72  # the aligned size is 9/8 of a crop, and crops are multiples of 64


@dataclasses.dataclass(frozen=True)
class RecordSettings:
    """What a record depends on besides its clip; together they name the TFDS config.

    Attributes:
      frames: t, how many frames the network sees, one of `FRAMES`.
      size: S, side of the aligned image in px, a multiple of 72.
      alignment: one of `alignment.ALIGNMENTS`.
      flow: one of `flow.METHODS`.
    """

    frames: int = 8
    size: int = 144
    alignment: str = "clip"
    flow: str = flow.DEFAULT

    def __post_init__(self):
        if self.frames not in FRAMES:
            raise UserError(
                f"frames is {self.frames}, expected one of {', '.join(map(str, FRAMES))}"
            )
        if self.size < CROP_STEP or self.size % CROP_STEP:
            raise UserError(
                f"size is {self.size}, expected a multiple of {CROP_STEP}: the aligned image is "
                "9/8 of the crop, which is a multiple of 64"
            )
        if self.alignment not in alignment.ALIGNMENTS:
            known = ", ".join(alignment.ALIGNMENTS)
            raise UserError(f"alignment is {self.alignment!r}, expected one of {known}")
        if self.flow not in flow.METHODS:
            known = ", ".join(flow.METHODS)
            raise UserError(f"flow is {self.flow!r}, expected one of {known}")

    @property
    def config_name(self) -> str:
        """Name of the TFDS config: t8_s144_clip, or t8_s144_clip_dis where flow is no default."""
        method = "" if self.flow == flow.DEFAULT else f"_{self.flow}"
        return f"t{self.frames}_s{self.size}_{self.alignment}{method}"

    @classmethod
    def from_config_name(cls, name: str) -> "RecordSettings":
        """The settings a config name stands for."""
        methods = "|".join(method for method in flow.METHODS if method != flow.DEFAULT)
        match = re.fullmatch(rf"t(\d{{1,9}})_s(\d{{1,9}})_(\w+?)(?:_({methods}))?", name, re.ASCII)
        if match is None:
            raise UserError(
                f"config name is {name!r}, expected t<frames>_s<size>_<alignment>, and _<flow> "
                f"where that is not {flow.DEFAULT}, such as {cls().config_name}"
            )
        return cls(int(match[1]), int(match[2]), match[3], match[4] or flow.DEFAULT)


@dataclasses.dataclass(frozen=True)
class ClipResult:
    """What became of one clip: a record, or the reason why there is none.

    Attributes:
      annotation: the clip.
      example: the record's features, None where the clip is skipped.
      skipped: the reason, None where there is a record.
      frames: how many frames were read, missed: in how many no face was found.
      absent: frames the annotation spans that are not on disk.
    """

    annotation: ClipAnnotation
    example: dict[str, Any] | None
    skipped: SkippedClip | None
    frames: int
    missed: int
    absent: int


def make_record(
    clip: ClipAnnotation,
    settings: RecordSettings,
    detector: faces.Detector,
    cache: LandmarkCache | None = None,
) -> ClipResult:
    """Reads, aligns and samples one clip.

    A frame without a face takes its neighbours' landmarks, and so their alignment; a clip without
    any face, or without any frame on disk, is skipped. Landmarks in the cache are not looked for
    again.

    Raises:
      UserError: for an image that cannot be read.
    """
    files = frames.index_frames(clip.folder)
    numbers = sampling.clip_numbers(clip, np.array(list(files), np.int64))
    absent = clip.offset - clip.onset + 1 - len(numbers)
    if not len(numbers):
        return _skip(clip, f"none of the frames {clip.onset}–{clip.offset} is on disk", 0, absent)

    inside = [files[number] for number in numbers]
    stamps = keeping.stamps(inside)
    images = frames.read_clip(inside)
    if cache is None:
        found = faces.detect_clip(images, detector)
    else:
        found = cache.detect(clip, stamps, images, detector)
    missed = sum(landmarks is None for landmarks in found)
    if missed == len(found):
        return _skip(clip, f"no face was found in any of its {missed} frames", missed, absent)

    landmarks = faces.fill_missing(found, numbers)
    matrices = alignment.transforms(landmarks, settings.alignment, settings.size)
    aligned = np.stack(
        [alignment.warp(i, m, settings.size) for i, m in zip(images, matrices, strict=True)]
    )
    points = np.stack(
        [alignment.map_points(m, p) for m, p in zip(matrices, landmarks, strict=True)]
    )
    sampled = sampling.sample_indices(numbers, clip, settings.frames)
    example = {
        **{name: getattr(clip, name) for name in ANNOTATION_FEATURES},
        "frames": aligned[..., None],
        "frame_numbers": numbers,
        "landmarks": points.astype(np.float32),
        "sampled": sampled,
        "flow": flow.pair_flows(aligned, sampled, settings.flow),
        "missed": missed,
        "repeated": sampling.count_repeats(sampled),
    }
    return ClipResult(clip, example, None, len(numbers), missed, absent)


TEXT_FEATURES = ("dataset", "subject", "person", "clip", "emotion", "action_units")
ANNOTATION_FEATURES = (*TEXT_FEATURES, "onset", "apex", "offset")


def _skip(clip: ClipAnnotation, reason: str, missed: int, absent: int) -> ClipResult:
    skipped = SkippedClip(clip.subject, clip.clip, reason)
    return ClipResult(clip, None, skipped, missed, missed, absent)
