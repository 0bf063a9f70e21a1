"""A sample of the images: whether they can be read, and whether a face is found in them."""

import collections
import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from data_builders.diagnosis import every_image, face_findings
from data_builders.diagnosis.findings import Findings
from data_builders.diagnosis.folders import OnDisk
from data_builders.pixels import faces, frames, person
from data_builders.pixels.images import FULL, Whites
from data_builders.video.pictures import VideoFrame
from mol_jax.errors import UserError
from mol_jax.text.words import counted

SECONDS = 20.0  # for which faces are looked for in all images
PAIRS = 8  # of images that are kept: flow takes as long for one pair as for another


@dataclasses.dataclass
class Look:
    """What was seen in some images of some clips, or in all.

    Attributes:
      images: how many were read.
      missed: of clips by key, the frames in which no face was found, or not the person's.
      several: in how many of a clip's images there is another face.
      leaps: how often a clip's face is in another place than before.
      blank: as `missed`, the frames of a single grey value.
      sizes, kinds: counts of clips by image size, and by colour.
      clips: each clip with the landmarks of its images, None where no face was found.
      pairs: of the first few clips the first and the middle image, uint8 [2, H, W].
      damaged: what a build would stop at.
      reading: seconds that it takes to read all frames of these clips.
      detecting: seconds that it took to look for faces in all images.
      whole: whether these are all images of all clips.
    """

    images: int = 0
    missed: dict[str, list[int]] = dataclasses.field(default_factory=dict)
    several: dict[str, int] = dataclasses.field(default_factory=dict)
    leaps: dict[str, int] = dataclasses.field(default_factory=dict)
    blank: dict[str, list[int]] = dataclasses.field(default_factory=dict)
    sizes: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    kinds: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    clips: list[tuple[OnDisk, list]] = dataclasses.field(default_factory=list)
    pairs: list[np.ndarray] = dataclasses.field(default_factory=list)
    damaged: list[str] = dataclasses.field(default_factory=list)
    reading: float = 0.0
    detecting: float = 0.0
    whole: bool = False

    @property
    def missed_images(self) -> int:
        """In how many images no face was found, or not the person's."""
        return count(self.missed)

    def listed_missed(self) -> list[str]:
        """The frames of these images, a line for each clip."""
        return _listed(self.missed)

    @property
    def found_rate(self) -> float:
        """The fraction of images with a face."""
        return 1 - count(self.missed) / self.images if self.images else 0.0


def choose(found: Sequence[OnDisk], count: int) -> list[OnDisk]:
    """`count` clips, evenly spaced through all of them: the same ones every time."""
    places = np.linspace(0, len(found) - 1, min(count, len(found))).round().astype(int)
    return [found[place] for place in places]


def look_at_all(
    found: Sequence[OnDisk],
    sample: Sequence[OnDisk],
    detector: faces.Detector,
    whites: Whites,
    seconds: float = SECONDS,
) -> Look:
    """Looks for faces in all images of all clips, or where that takes longer, in the sample's."""
    total = sum(len(one.files) for one in found)
    seen = look(sample[:1], detector, whites)
    if seen.images and seen.detecting / seen.images * total <= seconds:
        seen = look(found, detector, whites, whole=True)
        seen.whole = not seen.damaged
        return seen
    return look(sample, detector, whites)


def look(
    clips: Sequence[OnDisk],
    detector: faces.Detector,
    whites: Whites = FULL,
    *,
    whole: bool = False,
) -> Look:
    """Reads the first, the middle and the last frame of each clip, or all, and finds the faces."""
    seen = Look()
    for one in clips:
        numbers = list(one.files)
        some = sorted({numbers[0], numbers[len(numbers) // 2], numbers[-1]})
        chosen = numbers if whole else some
        start = time.perf_counter()
        images = _read(one, [one.files[number] for number in chosen], whites, seen)
        if images is None:
            continue
        seconds = time.perf_counter() - start
        # A video is decoded from its beginning for any of its frames.
        in_video = isinstance(one.files[numbers[0]], VideoFrame)
        seen.reading += seconds if in_video else seconds * len(numbers) / len(chosen)
        _add(seen.blank, one, [n for n, i in zip(chosen, images, strict=True) if np.ptp(i) == 0])
        _find_faces(one, chosen, images, detector, seen)
        seen.sizes[f"{images.shape[2]}x{images.shape[1]}"] += 1
        seen.kinds[_kind(one.files[chosen[0]])] += 1
        if len(seen.pairs) < PAIRS:  # more would fill the memory
            seen.pairs.append(images[[0, len(images) // 2]])
    return seen


def _find_faces(
    one: OnDisk, chosen: list[int], images: np.ndarray, detector: faces.Detector, seen: Look
) -> None:
    start = time.perf_counter()
    every = [faces.every_face(image, detector) for image in images]
    seen.detecting += time.perf_counter() - start
    followed = person.choose(every, images.shape[1:])
    found = followed.landmarks
    seen.images += len(images)
    _add(seen.missed, one, [n for n, f in zip(chosen, found, strict=True) if f is None])
    if followed.several:
        seen.several[one.clip.key] = followed.several
    if followed.leaps:
        seen.leaps[one.clip.key] = followed.leaps
    seen.clips.append((one, found))


def count(by_clip: dict[str, list[int]]) -> int:
    """How many frames there are of all clips."""
    return sum(map(len, by_clip.values()))


def _add(by_clip: dict[str, list[int]], one: OnDisk, numbers: list[int]) -> None:
    if numbers:
        by_clip[one.clip.key] = numbers


def _listed(by_clip: dict[str, list[int]]) -> list[str]:
    return [f"{key}: frames {', '.join(map(str, found))}" for key, found in by_clip.items()]


def _read(
    one: OnDisk, files: list[Path | VideoFrame], whites: Whites, seen: Look
) -> np.ndarray | None:
    """The images, None where a build would stop at the clip: the reason is then noted."""
    try:
        images = frames.read_clip(files, whites)
    except UserError as error:
        seen.damaged.append(str(error))
        return None
    if len(one.files) * images[0].size > frames.MAX_CLIP:
        seen.damaged.append(str(frames.too_long(files[0], len(one.files), images[0].shape)))
        return None
    return images


def _kind(file: Path | VideoFrame) -> str:
    if isinstance(file, VideoFrame):
        return "video"
    image = cv2.imdecode(np.frombuffer(file.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None:  # OpenCV reads it as grey only
        return "grey"
    depth = "" if image.dtype == np.uint8 else f", {8 * image.dtype.itemsize} bits"
    return ("grey" if image.ndim == 2 else "colour") + depth


def report(
    seen: Look,
    checked: every_image.Checked,
    size: int,
    max_missed: float,
    total: int,
    findings: Findings,
) -> None:
    """The rest of the section on images, and that on faces.

    Args:
      seen: what was seen.
      checked: what was read, and reported.
      size: of the aligned image.
      max_missed: the largest fraction of frames without a face that a build accepts.
      total: how many frames there are.
      findings: takes the lines.
    """
    for what, unit in ((seen.sizes, " px"), (seen.kinds, "")):
        for value, number in what.most_common(5):
            findings.note(f"{value}{unit}: {counted(number, 'clip')}")
    of_videos = [refusal for refusal in seen.damaged if refusal not in checked.refused]
    if of_videos and not checked.refused:
        findings.bad(f"a build stops at {counted(len(of_videos), 'clip')}", of_videos)
    if seen.blank:
        findings.odd(
            f"{counted(count(seen.blank), 'image')} of a single grey value: read like any other",
            _listed(seen.blank),
        )
    if seen.images:
        which = "all images" if seen.whole else "the first, middle and last image"
        findings.section(f"Faces in {which} of {counted(len(seen.clips), 'clip')}")
        face_findings.report_missed(seen, max_missed, total, findings)
        face_findings.report_people(seen, findings)
        face_findings.report_scale(seen, size, findings)
