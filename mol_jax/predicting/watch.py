"""When something moves in each face: its frames, aligned as they come by, given to a spotter."""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from data_builders.pixels import alignment
from mol_jax.predicting.following import Followed
from mol_jax.spotting.interval import Interval
from mol_jax.spotting.spotters import spot

ALIGNMENT = "smoothed"  # follows the head, without the detector's jitter
MOST = 9000  # frames that are spotted together: five minutes at 30 a second, 190 MB at 144 px


@dataclasses.dataclass(eq=False)
class _Piece:
    """Frames `first` to `last` of the recording, of one face.

    matrices: float64 [n, 2, 3]. landmarks: float32 [n, 68, 2], px of the aligned frames.
    """

    face: int
    first: int
    last: int
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
        pieces = [
            _piece(number, face, first, min(first + MOST - 1, end), size)
            for number, face in enumerate(faces)
            for start, end in face.stretches
            for first in range(start, end + 1, MOST)
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
        begin = piece.first - self._starts[piece.face]
        self.signals[piece.face][begin : begin + len(frames)] = found.signal
        for one in found.intervals:
            places = {
                name: getattr(one, name) + piece.first for name in ("onset", "apex", "offset")
            }
            self.intervals[piece.face].append(dataclasses.replace(one, **places))
        piece.frames = None


def _piece(number: int, face: Followed, first: int, last: int, size: int) -> _Piece:
    landmarks = face.landmarks[first : last + 1]
    matrices = alignment.transforms(landmarks, ALIGNMENT, size)
    mapped = [alignment.map_points(m, p) for m, p in zip(matrices, landmarks, strict=True)]
    start = int(face.frames[0])
    return _Piece(number, start + first, start + last, matrices, np.asarray(mapped, np.float32))
