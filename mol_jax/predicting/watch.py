"""When something moves in each face: its frames, aligned as they come by, given to a spotter."""

import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from scipy.ndimage import gaussian_filter1d

from data_builders.pixels import alignment
from mol_jax.predicting.reading.following import Followed
from mol_jax.predicting.reading.recording import step
from mol_jax.spotting.interval import Interval
from mol_jax.spotting.methods.merging import merged
from mol_jax.spotting.settings import USUAL
from mol_jax.spotting.spotters import spot

MOST = 9000  # frames in memory together: five minutes at 30 a second, 190 MB at 144 px
FEWEST = 900  # of a piece, however many faces there are at once
OVERLAP = 4.0  # s that two pieces share: a spotter looks 1.2 s about a peak, and an interval is 0.7
DOUBT = 0.25  # s about the middle of what they share in which either may have found an apex


@dataclasses.dataclass(eq=False)
class _Piece:
    """Frames `first` to `last` of the recording, of one face.

    own: the first and last frame of what counts of it; the rest is another piece's. matrices:
    float64 [n, 2, 3]. landmarks: float32 [n, 68, 2], px of the aligned frames.
    """

    face: int
    first: int
    last: int
    own: tuple[int, int]
    matrices: np.ndarray
    landmarks: np.ndarray
    frames: np.ndarray | None = None


class Watch:
    """Spots in every stretch of every face, and forgets its pixels then.

    intervals: of each face, in frames of the recording. signals: float32 [n] of each face, 0 where
    it could not be looked at.
    """

    def __init__(self, faces: Sequence[Followed], times: np.ndarray, method: str, size: int):
        """times: [N] s. method: of `SPOTTERS`. size: px of the aligned frames."""
        self._times, self._method, self._size = times, method, size
        self._starts = [int(face.frames[0]) for face in faces]
        self.intervals: list[list[Interval]] = [[] for _ in faces]
        self.signals = [np.zeros(len(face.frames), np.float32) for face in faces]
        most = max(FEWEST, MOST // max(1, _together(faces)))
        pieces = [
            _piece(number, face, part, size)
            for number, face in enumerate(faces)
            for start, end in face.stretches
            for part in parts(start, end, most, step(times[face.frames]))
        ]
        self._waiting = sorted(pieces, key=lambda piece: piece.first)
        self._begun: list[_Piece] = []

    def through(self, images: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """Yields the grey images of a recording, from its first frame on, and looks at each."""
        for at, image in enumerate(images):
            while self._waiting and self._waiting[0].first == at:
                self._begun.append(self._waiting.pop(0))
            for piece in self._begun:
                self._take(piece, at, image)
            self._begun = [piece for piece in self._begun if piece.last > at]
            yield image

    def _take(self, piece: _Piece, at: int, image: np.ndarray) -> None:
        if piece.frames is None:
            shape = (piece.last - piece.first + 1, self._size, self._size)
            piece.frames = np.empty(shape, np.uint8)
        index = at - piece.first
        piece.frames[index] = alignment.warp(image, piece.matrices[index], self._size)
        if at == piece.last:
            self._spot(piece, piece.frames)

    def _spot(self, piece: _Piece, frames: np.ndarray) -> None:
        times = self._times[piece.first : piece.last + 1]
        found = spot(self._method, frames, piece.landmarks, times)
        piece.frames = None
        begin, (first, last) = self._starts[piece.face], piece.own
        inside = slice(first - piece.first, last - piece.first + 1)
        self.signals[piece.face][first - begin : last - begin + 1] = found.signal[inside]
        # What either piece has found about the middle of what they share is kept, and made one.
        low = self._times[first] - DOUBT * (first > piece.first)
        high = self._times[last] + DOUBT * (last < piece.last)
        told = [_moved(one, piece.first) for one in found.intervals]
        told = [one for one in told if low <= self._times[one.apex] <= high]
        before = self.intervals[piece.face]
        apart = [one for one in before if one.offset < piece.first]  # also those before a cut
        shared = merged([*before[len(apart) :], *told], self._times, USUAL.apart, USUAL.longest)
        self.intervals[piece.face] = [*apart, *shared]


def parts(start: int, end: int, most: int, step: float) -> list[tuple[int, int, int, int]]:
    """Returns the first and last frame of the pieces of a stretch, and of what counts of each.

    They are equally long, and two share `OVERLAP` seconds; what counts parts in the middle of that.

    Args:
      start: the first frame of the stretch; end: its last.
      most: frames of a piece.
      step: s from a frame to the next.
    """
    total = end - start + 1
    shared = min(round(OVERLAP / step) if step else 0, most // 2)
    count = max(1, -(-(total - shared) // (most - shared)))
    length = -(-(total + (count - 1) * shared) // count)
    firsts = [start + round(k * (total - length) / max(1, count - 1)) for k in range(count)]
    middles = [(before + length - 1 + after) // 2 for before, after in itertools.pairwise(firsts)]
    begin, stop = [start, *(middle + 1 for middle in middles)], [*middles, end]
    lasts = [first + length - 1 for first in firsts]
    return list(zip(firsts, lasts, begin, stop, strict=True))


def _together(faces: Sequence[Followed]) -> int:
    """Returns how many faces there are at most in a frame."""
    spans = [(int(face.frames[0]), int(face.frames[-1])) for face in faces]
    return max((sum(low <= at <= high for low, high in spans) for at, _ in spans), default=0)


def _moved(one: Interval, by: int) -> Interval:
    return Interval(one.onset + by, one.apex + by, one.offset + by, one.score)


def _piece(number: int, face: Followed, part: tuple[int, int, int, int], size: int) -> _Piece:
    start = int(face.frames[0])
    first, last, *own = (start + at for at in part)
    landmarks = face.landmarks[part[0] : part[1] + 1]
    matrices = smoothed(alignment.transforms(landmarks, "per_frame", size))
    mapped = [alignment.map_points(m, p) for m, p in zip(matrices, landmarks, strict=True)]
    points = np.asarray(mapped, np.float32)
    return _Piece(number, first, last, (own[0], own[1]), matrices, points)


def smoothed(matrices: np.ndarray) -> np.ndarray:
    """Returns transforms [n, 2, 3] averaged over time, as `alignment.smooth` has them to 1e-9.

    So the frames follow the head, without the detector's jitter. That one weighs each frame against
    each, 1.3 GB of 9000 frames; here those of 9 deviations around count.
    """
    ones = np.ones(len(matrices))
    over, there = (
        gaussian_filter1d(of, alignment.SMOOTHING, axis=0, mode="constant", truncate=9)
        for of in (matrices, ones)
    )
    return over / there[:, None, None]
