"""A sample of the images: whether they can be read, and whether a face is found in them."""

import collections
import dataclasses
import math
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from data_builders.common import alignment, faces, frames
from data_builders.common.video import VideoFrame
from data_builders.diagnosis.findings import Findings, counted
from data_builders.diagnosis.folders import OnDisk
from mol_jax.errors import UserError

UNLIKELY = 0.02  # probability of as many misses as seen if no more than the allowed were

PER_CLIP = 3  # images: the first, the middle and the last
PAIRS = 8  # of images that are kept: flow takes as long for one pair as for another


@dataclasses.dataclass
class Look:
    """What was seen in the sample.

    Attributes:
      images: how many were read.
      missed: of clips by key, the frames in which no face was found.
      blank: likewise, the frames of a single grey value.
      damaged: what a build would stop at.
      sizes, kinds: counts of clips by image size, and by colour.
      clips: each sampled clip with the landmarks of its images, None where no face was found.
      pairs: of the first few clips the first and the middle image, uint8 [2, H, W].
      reading: seconds that it takes to read all frames of these clips.
      detecting: seconds that it took to look for a face in all images.
    """

    images: int = 0
    missed: dict[str, list[int]] = dataclasses.field(default_factory=dict)
    blank: dict[str, list[int]] = dataclasses.field(default_factory=dict)
    damaged: list[str] = dataclasses.field(default_factory=list)
    sizes: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    kinds: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    clips: list[tuple[OnDisk, list]] = dataclasses.field(default_factory=list)
    pairs: list[np.ndarray] = dataclasses.field(default_factory=list)
    reading: float = 0.0
    detecting: float = 0.0

    @property
    def found_rate(self) -> float:
        """The fraction of images with a face."""
        return 1 - count(self.missed) / self.images if self.images else 0.0


def choose(found: Sequence[OnDisk], count: int) -> list[OnDisk]:
    """`count` clips, evenly spaced through all of them: the same ones every time."""
    places = np.linspace(0, len(found) - 1, min(count, len(found))).round().astype(int)
    return [found[place] for place in places]


def look(sample: Sequence[OnDisk], detector: faces.Detector) -> Look:
    """Reads the first, the middle and the last frame of each clip, and finds their faces."""
    seen = Look()
    for one in sample:
        numbers = list(one.files)
        chosen = sorted({numbers[0], numbers[len(numbers) // 2], numbers[-1]})
        start = time.perf_counter()
        images = _read(one, [one.files[number] for number in chosen], seen)
        if images is None:
            continue
        seconds = time.perf_counter() - start
        # A video is decoded from its beginning for any of its frames.
        in_video = isinstance(one.files[numbers[0]], VideoFrame)
        seen.reading += seconds if in_video else seconds * len(numbers) / len(chosen)
        _add(seen.blank, one, [n for n, i in zip(chosen, images, strict=True) if np.ptp(i) == 0])
        start = time.perf_counter()
        found = faces.detect_clip(images, detector)
        seen.detecting += time.perf_counter() - start
        seen.images += len(images)
        _add(seen.missed, one, [n for n, f in zip(chosen, found, strict=True) if f is None])
        seen.sizes[f"{images.shape[2]}x{images.shape[1]}"] += 1
        seen.kinds[_kind(one.files[chosen[0]])] += 1
        seen.clips.append((one, found))
        if len(seen.pairs) < PAIRS:  # more would fill the memory
            seen.pairs.append(images[[0, len(images) // 2]])
    return seen


def count(by_clip: dict[str, list[int]]) -> int:
    """How many frames there are of all clips."""
    return sum(map(len, by_clip.values()))


def _add(by_clip: dict[str, list[int]], one: OnDisk, numbers: list[int]) -> None:
    if numbers:
        by_clip[one.clip.key] = numbers


def _listed(by_clip: dict[str, list[int]]) -> list[str]:
    return [f"{key}: frames {', '.join(map(str, found))}" for key, found in by_clip.items()]


def _read(one: OnDisk, files: list[Path | VideoFrame], seen: Look) -> np.ndarray | None:
    """The images, None where a build would stop at the clip: the reasons are then noted."""
    try:
        images = frames.read_clip(files)
    except UserError as error:
        single = [reason for file in files if (reason := _refusal(file))]
        seen.damaged += single or [str(error)]
        return None
    if len(one.files) * images[0].size > frames.MAX_CLIP:
        seen.damaged.append(
            f"{one.clip.key}: its {len(one.files)} frames take more memory than the "
            f"{frames.MAX_CLIP / 1e9:g} GB a clip may take: shorten it or make its images smaller"
        )
        return None
    return images


def _refusal(file: Path | VideoFrame) -> str | None:
    try:
        frames.read_clip([file])
    except UserError as error:
        return str(error)
    return None


def _kind(file: Path | VideoFrame) -> str:
    if isinstance(file, VideoFrame):
        return "video"
    image = cv2.imdecode(np.frombuffer(file.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None:  # OpenCV reads it as grey only
        return "grey"
    depth = "" if image.dtype == np.uint8 else f", {8 * image.dtype.itemsize} bits"
    return ("grey" if image.ndim == 2 else "colour") + depth


def report(seen: Look, size: int, max_missed: float, total: int, findings: Findings) -> None:
    """The sections on images and on faces; `size` is that of the aligned image."""
    findings.section(f"Images, first, middle and last frame of {len(seen.clips)} clips")
    if seen.images:
        findings.ok(f"{seen.images} images can be read")
    for what, unit in ((seen.sizes, " px"), (seen.kinds, "")):
        for value, number in what.most_common(5):
            findings.note(f"{value}{unit}: {counted(number, 'clip')}")
    if seen.damaged:
        findings.bad(
            f"a build stops at {counted(len(seen.damaged), 'damaged image')}",
            seen.damaged,
        )
    if seen.blank:
        findings.odd(
            f"{counted(count(seen.blank), 'image')} of a single grey value: read like any other",
            _listed(seen.blank),
        )
    if seen.images:
        findings.section("Faces in these images")
        _report_faces(seen, max_missed, total, findings)
        _report_scale(seen, size, findings)


def _report_faces(seen: Look, max_missed: float, total: int, findings: Findings) -> None:
    """How many images have a face."""
    missed, images = count(seen.missed), seen.images
    text = f"a face in {images - missed} of {images} images"
    advice = (
        "dlib misses faces that fill the image, are smaller than 40 px or turned away: frames that "
        "are not cropped do better"
    )
    # The images of a clip are alike: they count as one.
    chance = _tail(missed // PER_CLIP, math.ceil(images / PER_CLIP), max_missed)
    if not missed:
        findings.ok(text)
    elif missed > max_missed * total or chance < UNLIKELY:
        findings.bad(
            f"{text}: a build stops at more than {100 * max_missed:g} % without; {advice}; "
            "--max_missed accepts more",
            _listed(seen.missed),
        )
    else:
        findings.odd(
            f"{text}: the others take their neighbours' landmarks, a clip without any is skipped, "
            f"and a build stops at more than {100 * max_missed:g} % without; a larger --sample "
            f"tells more; {advice}",
            _listed(seen.missed),
        )


def _report_scale(seen: Look, size: int, findings: Findings) -> None:
    """How large the faces are beside what they are aligned to."""
    matrices = [
        alignment.similarity(landmarks, size)
        for _, found in seen.clips
        for landmarks in found
        if landmarks is not None
    ]
    if not matrices:
        return
    scale = float(np.median([np.hypot(*matrix[:, 0]) for matrix in matrices]))
    if scale > 1:
        findings.note(f"aligned to {size} px the faces are enlarged {scale:.1f} times")
    else:
        findings.note(f"aligned to {size} px the faces shrink to {100 * scale:.0f} %")


def _tail(missed: int, images: int, rate: float) -> float:
    """Probability of at least `missed` of `images` where each is missed at that rate."""
    if rate in (0, 1):
        return float(missed <= rate * images)

    def chance(k: int) -> float:
        ways = math.lgamma(images + 1) - math.lgamma(k + 1) - math.lgamma(images - k + 1)
        return math.exp(ways + k * math.log(rate) + (images - k) * math.log1p(-rate))

    return min(1.0, sum(map(chance, range(missed, images + 1))))
