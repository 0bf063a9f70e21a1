"""One person of a clip: of all faces in its frames, those that are this person's.

It is decided once for a clip, never frame by frame. Faces of one place are a track; the person is
the track that is the most prominent over the whole clip. A frame without this face is left to be
filled from its neighbours, whoever else is in the picture then.
"""

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np

from data_builders.pixels.faces import prominence

OVERLAP = 0.25  # intersection over union of the boxes of one face in two frames, or more
COMPARABLE = 0.25  # of the prominence of the person's face, or more: else it is another's

Track = dict[int, int]  # frame → which of its faces


@dataclasses.dataclass(frozen=True)
class Person:
    """The person of a clip.

    Attributes:
      landmarks: [68, 2] of each frame, None where the face was not found.
      several: in how many frames there is another face.
      leaps: how often the face is in another place than in the frame before it.
    """

    landmarks: list[np.ndarray | None]
    several: int
    leaps: int


def choose(
    faces: Sequence[Sequence[np.ndarray]],
    image_shape: tuple[int, ...],
    *,
    forget: int | None = None,
) -> Person:
    """Chooses the person of a clip.

    A face that leaps, as in a cut or a fast turn, makes a new track: one that is never in a frame
    together with the person's, and as large, is the person's too. A single frame is not: dlib takes
    a pattern for a face now and then.

    Args:
      faces: of each frame the landmarks of all its faces.
      image_shape: H and W.
      forget: frames after which a face that comes back to its place makes a new track, so that a
        long recording does not compare every frame with every track; None: never.
    """
    mean: dict[int, float] = {}
    tracks = _tracks(faces, forget)
    for index, track in enumerate(tracks):
        weights = [prominence(faces[at][which], image_shape) for at, which in track.items()]
        mean[index] = sum(weights) / len(weights)
    order = sorted(mean, key=lambda index: mean[index] * len(tracks[index]), reverse=True)
    chosen: Track = {}
    for index in order:
        track, best = tracks[index], order[0]
        lasting = len(track) > 1 or len(tracks[best]) == 1
        like = lasting and mean[index] >= COMPARABLE * mean[best]
        if index == best or (like and not track.keys() & chosen.keys()):
            chosen |= track
    landmarks = [faces[at][chosen[at]] if at in chosen else None for at in range(len(faces))]
    several = sum(map(_has_other, faces, landmarks))
    found = [face for face in landmarks if face is not None]
    leaps = sum(not _is_same(one, next_) for one, next_ in itertools.pairwise(found))
    return Person(landmarks, several, leaps)


def _tracks(faces: Sequence[Sequence[np.ndarray]], forget: int | None) -> list[Track]:
    """Faces of one place, in the frames that have it; in each frame the nearest pairs first."""
    tracks: list[Track] = []
    last: dict[int, np.ndarray] = {}  # the face that each track had last
    for at, present in enumerate(faces):
        if forget is not None:
            last = {k: of for k, of in last.items() if at - next(reversed(tracks[k])) <= forget}
        pairs = [
            (overlap(of, face), track, which)
            for track, of in last.items()
            for which, face in enumerate(present)
        ]
        free = set(range(len(present)))
        for near, track, which in sorted(pairs, key=lambda pair: -pair[0]):
            if near >= OVERLAP and which in free and at not in tracks[track]:
                tracks[track][at], last[track] = which, present[which]
                free.remove(which)
        for which in sorted(free):
            last[len(tracks)] = present[which]
            tracks.append({at: which})
    return tracks


def _has_other(present: Sequence[np.ndarray], face: np.ndarray | None) -> bool:
    """Whether a frame has a face in another place than the person's."""
    return any(face is None or not _is_same(one, face) for one in present)


def _is_same(one: np.ndarray, other: np.ndarray) -> bool:
    return overlap(one, other) >= OVERLAP


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    """Intersection over union of the boxes of two faces' landmarks [68, 2]."""
    low = np.maximum(one.min(axis=0), other.min(axis=0))
    high = np.minimum(one.max(axis=0), other.max(axis=0))
    shared = np.prod(np.maximum(high - low, 0))
    areas = np.prod(np.ptp(one, axis=0)) + np.prod(np.ptp(other, axis=0))
    return float(shared / max(areas - shared, 1e-9))
