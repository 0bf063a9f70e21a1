"""A clip whose key frames are shown elsewhere: what a detector's error would do to a prediction.

frl: FRL-DGT's paper moves "the key frames" by 10, 20 and 30 % and says neither in which direction
nor what of the rest moves along.

- Onset: later, by a share of the way from onset to apex. A record begins with the onset, so nothing
  earlier is there to be shown.
- Apex: earlier or later by the same share, kept after the onset and no later than the offset.
- Landmarks: those of the onset that is shown, for a detector would find them there.
- The frames stay aligned as they were built, and the offset stays.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from data_builders.pixels import sampling
from mol_jax.data.key_frames import after_onset
from mol_jax.data.recorded import recorded

HALF = 0.5 + 1e-9  # frames: the nearest is no further, where none is absent


class Shift(NamedTuple):
    """By how much key frames are moved, as shares of the way from onset to apex.

    onset: later, from 0 to below 1. apex: later, earlier where it is negative.
    """

    onset: float = 0.0
    apex: float = 0.0


UNMOVED = Shift()


class Shown(NamedTuple):
    """Which frames of a clip are its onset and apex, by their numbers in the video.

    before: the same two where nothing is moved. asked: frames that the one which moves was to move.
    """

    onset: int
    apex: int
    before: tuple[int, int]
    asked: float

    @property
    def by(self) -> int:
        """Frames that the onset or the apex moved."""
        return abs(self.onset - self.before[0]) + abs(self.apex - self.before[1])

    @property
    def stayed(self) -> bool:
        """Whether it did not move, as it has too few frames for that."""
        return not self.by

    @property
    def short(self) -> bool:
        """Whether it moved, and more than half a frame too little: no frame is there."""
        return bool(self.by) and self.asked - self.by > HALF

    @property
    def share(self) -> float:
        """How far it moved, as a share of the way from onset to apex; 0 where there is no way."""
        way = self.before[1] - self.before[0]
        return self.by / way if way else 0.0


def moved(record: Mapping[str, Any], shift: Shift) -> dict[str, Any]:
    """Returns a record (`data_builders.records.record`) that begins with the onset that is shown.

    Its sample, and the flow of that, are left as they were (`mol_jax.data.resampled`).
    """
    frames = shown_of(record, shift)
    numbers = record["frame_numbers"]
    kept = slice(int(np.searchsorted(numbers, frames.onset)), None)
    moves = frames.apex != frames.before[1]  # else it has its own number, which may be absent
    return {
        **record,
        "frame_numbers": numbers[kept],
        "apex": frames.apex if moves else recorded(record, ()).apex,
        "frames": record["frames"][kept],
        "landmarks": record["landmarks"][kept],
    }


def shown_of(record: Mapping[str, Any], shift: Shift) -> Shown:
    """Returns which frames are onset and apex of a record."""
    clip = recorded(record, ())
    return shown(clip.numbers, clip.apex, shift)


def shown(numbers: np.ndarray, apex: int, shift: Shift) -> Shown:
    """Returns which frames are onset and apex of a clip with frames `numbers` [n] on disk.

    apex: the number of the frame that is shown where nothing is moved (`sampling.apex_number`).
    Each is the frame on disk that is nearest to where it should be, the earlier of two. The onset
    stays before the apex and the apex after the onset, where there is a frame for it.
    """
    first, unmoved = int(numbers[0]), _nearest(after_onset(numbers), apex)
    way = apex - first
    before = numbers[numbers < unmoved]
    onset = _nearest(before if len(before) else numbers[:1], first + shift.onset * way)
    new = _nearest(after_onset(numbers), apex + shift.apex * way) if shift.apex else unmoved
    asked = (shift.onset + abs(shift.apex)) * way
    return Shown(onset, new, (first, unmoved), asked)


def _nearest(numbers: np.ndarray, wanted: float) -> int:
    return int(numbers[sampling.nearest(numbers, np.array([wanted]))[0]])
