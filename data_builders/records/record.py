"""One dataset record from one annotated clip: a pure function, run in worker processes."""

import dataclasses
import re
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from data_builders.annotations.annotation import ClipAnnotation, SkippedClip
from data_builders.pixels import (
    alignment,
    faces,
    flow,
    frames,
    interpolation,
    magnification,
    person,
    sampling,
)
from data_builders.pixels.aligned import align
from data_builders.pixels.images import FULL, Whites
from data_builders.records.landmarks import LandmarkCache
from mol_jax.errors import UserError

FRAMES = (2, 4, 8, 10, 16)  # what the network can be given
CROP_STEP = 72  # the aligned size is 9/8 of a crop, and crops are multiples of 64
LARGEST = 16 * CROP_STEP  # px
MOST_PHASES = 99


@dataclasses.dataclass(frozen=True)
class RecordSettings:
    """What a record depends on besides its clip; together they name the TFDS config.

    Attributes:
      frames: t, how many frames the network sees, one of `FRAMES`.
      size: S, side of the aligned image in px, a multiple of 72.
      alignment: one of `alignment.ALIGNMENTS`.
      flow: one of `flow.METHODS`.
      sampling: one of `interpolation.METHODS`.
      phases: how many shifted samples a record holds beside the even one, 0 to `MOST_PHASES`.
      magnify: alpha of `magnification.magnified`, 0 where motion is left as it is.
    """

    frames: int = 8
    size: int = 144
    alignment: str = "clip"
    flow: str = flow.DEFAULT
    sampling: str = "even"
    phases: int = 0
    magnify: int = 0

    def __post_init__(self):
        _refuse_other("frames", self.frames, FRAMES)
        if not CROP_STEP <= self.size <= LARGEST or self.size % CROP_STEP:
            raise UserError(
                f"size is {self.size}, expected a multiple of {CROP_STEP} up to {LARGEST}: the "
                "aligned image is 9/8 of the crop, which is a multiple of 64"
            )
        _refuse_other("alignment", self.alignment, alignment.ALIGNMENTS)
        _refuse_other("flow", self.flow, flow.METHODS)
        _refuse_other("sampling", self.sampling, interpolation.METHODS)
        if not 0 <= self.phases <= MOST_PHASES:
            raise UserError(f"phases is {self.phases}, expected 0 to {MOST_PHASES}")
        if self.frames == 2 and (self.phases or self.sampling != "even"):
            raise UserError(
                "frames is 2, which is onset and apex: it has no phases and nothing to interpolate;"
                " leave phases at 0 and sampling at 'even', or take 4, 8, 10 or 16 frames"
            )
        if self.phases and self.sampling == "tim":
            raise UserError(
                f"phases is {self.phases} and sampling is 'tim', which spans the whole clip and "
                "has one phase: choose one of the two"
            )
        if not 0 <= self.magnify <= magnification.MOST:
            raise UserError(
                f"magnify is {self.magnify}, expected 1 to {magnification.MOST}, or 0 for none"
            )
        if self.magnify and self.alignment == "per_frame":
            raise UserError(
                f"magnify is {self.magnify} and alignment is 'per_frame', whose jitter would be "
                "magnified with the face: take alignment 'clip' or 'smoothed', or leave magnify 0"
            )

    @property
    def config_name(self) -> str:
        """Name of the TFDS config: t8_s144_clip, then what is no default: _dis, _tim, _p4, _m20."""
        name = f"t{self.frames}_s{self.size}_{self.alignment}"
        name += f"_{self.flow}" * (self.flow != flow.DEFAULT)
        name += f"_{self.sampling}" * (self.sampling != "even")
        name += f"_p{self.phases}" * (self.phases > 0)
        return name + f"_m{self.magnify}" * (self.magnify > 0)

    @classmethod
    def from_config_name(cls, name: str) -> "RecordSettings":
        """The settings a config name stands for."""
        flows = "|".join(method for method in flow.METHODS if method != flow.DEFAULT)
        match = re.fullmatch(
            rf"t(\d{{1,9}})_s(\d{{1,9}})_(\w+?)(?:_({flows}))?(?:_(tim))?(?:_p(\d{{1,9}}))?"
            r"(?:_m(\d{1,9}))?",
            name,
            re.ASCII,
        )
        if match is None:
            raise UserError(
                f"config name is {name!r}, expected t<frames>_s<size>_<alignment>, and _<flow>, "
                "_tim, _p<phases> and _m<magnify> where they are no default, such as "
                f"{cls().config_name}"
            )
        return cls(
            int(match[1]),
            int(match[2]),
            match[3],
            match[4] or flow.DEFAULT,
            match[5] or "even",
            int(match[6] or 0),
            int(match[7] or 0),
        )


def _refuse_other(field: str, value: Any, known: Collection[Any]) -> None:
    if value not in known:
        raise UserError(
            f"{field} is {value!r}, expected one of {', '.join(str(one) for one in known)}"
        )


@dataclasses.dataclass(frozen=True)
class ClipResult:
    """What became of one clip: a record, or the reason why there is none.

    Attributes:
      annotation: the clip.
      example: the record's features, None where the clip is skipped.
      skipped: the reason, None where there is a record.
      frames: how many frames were read, missed: in how many no face was found.
      absent: frames the annotation spans that are not on disk.
      several, leaps: as `person.Person`.
    """

    annotation: ClipAnnotation
    example: dict[str, Any] | None
    skipped: SkippedClip | None
    frames: int
    missed: int
    absent: int
    several: int = 0
    leaps: int = 0


def make_record(
    clip: ClipAnnotation,
    settings: RecordSettings,
    detector: faces.Detector,
    cache: LandmarkCache | None = None,
    whites: Whites = FULL,
) -> ClipResult:
    """Reads, aligns and samples one clip.

    Of several people one is followed, the same in all frames. A frame without that face takes its
    neighbours' landmarks, and so their alignment; a clip without any face, or without any frame on
    disk, is skipped. Landmarks in the cache are not looked for again.

    Raises:
      UserError: for an image that cannot be read.
    """
    files = frames.index_frames(clip.folder)
    numbers = sampling.clip_numbers(clip, np.array(list(files), np.int64))
    absent = clip.offset - clip.onset + 1 - len(numbers)
    if not len(numbers):
        return _skip(clip, f"none of the frames {clip.onset}–{clip.offset} is on disk", 0, absent)

    inside = [files[number] for number in numbers]
    images = frames.read_clip(inside, whites)
    if cache is None:
        every = [faces.every_face(image, detector) for image in images]
    else:
        every = cache.detect(clip, images, detector)
    followed = person.choose(every, images.shape[1:])
    found = followed.landmarks
    missed = sum(landmarks is None for landmarks in found)
    if missed == len(found):
        return _skip(clip, f"no face was found in any of its {missed} frames", missed, absent)

    landmarks = faces.fill_missing(found, numbers)
    shown = align(
        images,
        landmarks,
        how=settings.alignment,
        size=settings.size,
        magnify=settings.magnify,
    )
    aligned = shown.frames
    taken = sample(numbers, clip.apex, settings)
    example = {
        **{name: getattr(clip, name) for name in ANNOTATION_FEATURES},
        "frames": aligned[..., None],
        "frame_numbers": numbers,
        "landmarks": shown.landmarks,
        **taken,
        **sample_flow(aligned, numbers, taken, settings),
        "missed": missed,
    }
    return ClipResult(
        clip, example, None, len(numbers), missed, absent, followed.several, followed.leaps
    )


def sample(numbers: np.ndarray, apex: int, settings: RecordSettings) -> dict[str, Any]:
    """Which frames of a clip the network sees.

    Args:
      numbers: [n], of the clip's frames on disk.
      apex: of the annotation.

    Returns:
      The record's "sampled", indices [t], how many are "repeated", and with phases those of the
      shifted samples, "phase_sampled". Interpolated frames repeat none.
    """
    sampled = sampling.sample_indices(numbers, apex, settings.frames)
    if settings.sampling == "tim":
        return {"sampled": sampled, "repeated": 0}
    found = {"sampled": sampled, "repeated": sampling.count_repeats(sampled)}
    if settings.phases:
        found["phase_sampled"] = sampling.sample_phases(numbers, settings.frames, settings.phases)
    return found


def sample_flow(
    aligned: np.ndarray,
    numbers: np.ndarray,
    taken: Mapping[str, Any],
    settings: RecordSettings,
    method: str = "",
) -> dict[str, Any]:
    """The flow between the frames that the network sees.

    Args:
      aligned: uint8 [n, S, S], with the numbers [n].
      taken: what `sample` returned of them.
      method: one of `flow.KNOWN`; "" for that of the settings.

    Returns:
      The record's "flow", float16 [t-1, S, S, 2], and with phases theirs, "phase_flow".
    """
    method = method or settings.flow
    if settings.sampling == "tim":
        made = interpolation.interpolate(aligned, numbers, settings.frames)
        return {"flow": flow.pair_flows(made, np.arange(settings.frames), method)}
    if not settings.phases:
        return {"flow": flow.pair_flows(aligned, taken["sampled"], method)}
    rows = np.vstack([taken["sampled"], taken["phase_sampled"]])
    flows = flow.phase_flows(aligned, rows, method)
    return {"flow": flows[0], "phase_flow": flows[1:]}


TEXT_FEATURES = ("dataset", "subject", "person", "clip", "emotion", "action_units")
ANNOTATION_FEATURES = (*TEXT_FEATURES, "onset", "apex", "offset")


def _skip(clip: ClipAnnotation, reason: str, missed: int, absent: int) -> ClipResult:
    skipped = SkippedClip(clip.subject, clip.clip, reason)
    return ClipResult(clip, None, skipped, missed, missed, absent)
