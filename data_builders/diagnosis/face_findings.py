"""What is said of the faces that were found: how many, whose, and how large they are."""

import math
from typing import TYPE_CHECKING

import numpy as np

from data_builders.diagnosis.findings import Findings
from data_builders.pixels import alignment
from mol_jax.text.words import counted

if TYPE_CHECKING:
    from data_builders.diagnosis.pixels import Look

PER_CLIP = 3  # images of a clip in a sample: the first, the middle and the last
UNLIKELY = 0.02  # probability of as many misses as seen if no more than the allowed were


def report_missed(seen: "Look", max_missed: float, total: int, findings: Findings) -> None:
    """How many images have a face."""
    missed, images = seen.missed_images, seen.images
    text = f"a face in {images - missed} of {images} images"
    advice = (
        "dlib misses faces that fill the image, are smaller than 40 px or turned away: frames that "
        "are not cropped do better"
    )
    if not missed:
        findings.ok(text)
    elif _too_many(seen, max_missed, total):
        findings.bad(
            f"{text}: a build stops at more than {100 * max_missed:g} % without; {advice}; "
            "--max_missed accepts more",
            seen.listed_missed(),
        )
    else:
        more = "" if seen.whole else "a larger --sample tells more; "
        findings.odd(
            f"{text}: the others take their neighbours' landmarks, a clip without any is skipped, "
            f"and a build stops at more than {100 * max_missed:g} % without; {more}{advice}",
            seen.listed_missed(),
        )


def _too_many(seen: "Look", max_missed: float, total: int) -> bool:
    """Whether a build stops for faces that are missed: known of all images, else all but sure."""
    missed, images = seen.missed_images, seen.images
    if seen.whole:
        return missed > max_missed * images or missed == images
    # The images of a clip are alike: they count as one.
    chance = tail(missed // PER_CLIP, math.ceil(images / PER_CLIP), max_missed)
    return missed > max_missed * total or chance < UNLIKELY


def report_people(seen: "Look", findings: Findings) -> None:
    """Clips with several faces, and clips whose face leaps."""
    if seen.several:
        findings.odd(
            f"{counted(len(seen.several), 'clip')} with several faces: of these the largest and "
            "most central over the clip is followed, the same in all its frames; where that is "
            "another than the annotation means, crop the images",
            [f"{key}: in {counted(n, 'image')}" for key, n in seen.several.items()],
        )
    if seen.leaps:
        findings.odd(
            f"{counted(len(seen.leaps), 'clip')} whose face leaps to another place: look whether "
            "it is one person, without a cut, and mend onset and offset or crop the images if not",
            [f"{key}: {counted(n, 'leap')}" for key, n in seen.leaps.items()],
        )


def report_scale(seen: "Look", size: int, findings: Findings) -> None:
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


def tail(missed: int, images: int, rate: float) -> float:
    """Probability of at least `missed` of `images` where each is missed at that rate."""
    if rate in (0, 1):
        return float(missed <= rate * images)

    def chance(k: int) -> float:
        ways = math.lgamma(images + 1) - math.lgamma(k + 1) - math.lgamma(images - k + 1)
        return math.exp(ways + k * math.log(rate) + (images - k) * math.log1p(-rate))

    return min(1.0, sum(map(chance, range(missed, images + 1))))
