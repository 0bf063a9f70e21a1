"""Whose face is which over a recording, and the stretches in which it can be looked at.

The builders' rule says which faces are one person's (`data_builders.pixels.person`): the most
prominent track and those that are as large and never in a frame with it, as after a cut. Asked for
all, it is asked again for those that are left.
"""

import dataclasses
import itertools
from collections.abc import Iterable, Sequence

import numpy as np
from rich.console import Console

from data_builders.pixels import faces, person
from mol_jax.predicting.reading.detection import Found, detect
from mol_jax.predicting.reading.recording import Frames, step

GAP = 0.3  # s without the face that are filled in between its neighbours; longer ones part it
FORGOTTEN = 10.0  # s after which a place is no longer compared with: an hour has too many
SHORTEST = 0.2  # s that a face other than the first must be there


@dataclasses.dataclass(frozen=True)
class Followed:
    """One face. Frames are those of the recording, pixels the held ones.

    frames: int64 [n], without a gap. landmarks: float32 [n, 68, 2]. found: bool [n], False where
    they are filled in. stretches: first and last index into these of each stretch that can be
    looked at, without a cut, a leap or a long gap. crowded: frames with another face.
    """

    frames: np.ndarray
    landmarks: np.ndarray
    found: np.ndarray
    stretches: tuple[tuple[int, int], ...]
    crowded: int


def follow(
    found: Found, times: np.ndarray, shape: tuple[int, ...], *, every: bool
) -> tuple[Followed, ...]:
    """Returns the faces of a recording, the most prominent first; none where there is none.

    times: [N] s. shape: H and W of the held pixels. every: all of them, not the first only.
    """
    left, followed = [list(present) for present in found], list[Followed]()
    forget = round(FORGOTTEN / step(times)) if step(times) > 0 else None
    while any(left):
        one = person.choose(left, shape, forget=forget)
        left = [_without(present, own) for present, own in zip(left, one.landmarks, strict=True)]
        seen = np.flatnonzero([face is not None for face in one.landmarks])
        lasts = len(seen) > 1 and times[seen[-1]] - times[seen[0]] >= SHORTEST
        if not followed or lasts:
            followed.append(_followed(one, times, seen))
        if not every:
            break
    return tuple(followed)


def faces_of(
    frames: Frames,
    images: Iterable[np.ndarray],
    detector: faces.DlibDetector | faces.Detector,
    console: Console,
    *,
    every: bool,
) -> tuple[Followed, ...]:
    """Searches a recording for faces and follows them, as `detect` and `follow`.

    images: the grey ones of all its frames.
    """
    found = detect(images, len(frames), detector, console)
    shape = tuple(side // frames.factor for side in frames.recording.size[::-1])
    return follow(found, frames.recording.times, shape, every=every)


def _without(present: Sequence[np.ndarray], own: np.ndarray | None) -> list[np.ndarray]:
    return [face for face in present if face is not own]


def _followed(one: person.Person, times: np.ndarray, seen: np.ndarray) -> Followed:
    """Fills one person's face in, from its first frame to its last, and at the ends if short."""
    first, last = int(seen[0]), int(seen[-1])
    # As a builder fills a clip's ends, where no more is missing than is filled in elsewhere.
    first = 0 if times[first] - times[0] <= GAP else first
    last = len(times) - 1 if times[-1] - times[last] <= GAP else last
    frames = np.arange(first, last + 1)
    inside = one.landmarks[first : last + 1]
    # By time where the rate varies; in seconds from the first, which a steady rate only scales.
    filled = faces.fill_missing(inside, times[frames] - times[first])
    there = np.array([face is not None for face in inside])
    return Followed(frames, filled, there, _stretches(inside, times[frames], there), one.several)


def _stretches(
    inside: Sequence[np.ndarray | None], times: np.ndarray, there: np.ndarray
) -> tuple[tuple[int, int], ...]:
    """Parts a face where it leaps, as at a cut, and where it is away for long."""
    seen = np.flatnonzero(there).tolist()
    parts = [[seen[0]]]
    for before, after in itertools.pairwise(seen):
        one, other = inside[before], inside[after]
        assert one is not None and other is not None
        leaps = person.overlap(one, other) < person.OVERLAP
        if leaps or times[after] - times[before] > GAP:
            parts.append([])
        parts[-1].append(after)
    ends = [(part[0], part[-1]) for part in parts]
    ends[0] = (0, ends[0][1])  # frames before the first and after the last are filled in
    ends[-1] = (ends[-1][0], len(times) - 1)
    return tuple(ends)
