"""Frames of a clip by their part in it: the onset, those around the apex, an even sample.

Slot 0 is the onset, 1 to 5 the apex with two frames on either side, 6 to 15 ten frames evenly from
onset to offset. A frame that is absent on disk is replaced by the nearest, as in every sample.

frl: grey, since the frames of SAMM are; the paper does not say.
frl: where no apex is annotated, as in all of SMIC, it is the middle frame: so does the code of
EMR, which the paper compares itself with.
"""

import numpy as np

from data_builders.pixels import sampling
from mol_jax.data.recorded import RecordedClip

BESIDE = 2  # on either side of the apex; frl: "before or after" it, the paper has no range
EVEN = 10  # frames of the even sample
ONSET, APEX = 0, 1 + BESIDE  # slots
AROUND_APEX = slice(1, 2 + 2 * BESIDE)
FROM_ONSET_TO_OFFSET = slice(AROUND_APEX.stop, AROUND_APEX.stop + EVEN)
SLOTS = FROM_ONSET_TO_OFFSET.stop  # 16


def make(clip: RecordedClip) -> np.ndarray:
    """Returns a clip's key frames, uint8 [16, S, S]."""
    return clip.frames[indices(clip)]


def indices(clip: RecordedClip) -> np.ndarray:
    """Returns which of a clip's n frames on disk is in each slot, int64 [16]."""
    return np.concatenate(
        [[0], _around_apex(clip.numbers, clip.apex), sampling.even_indices(clip.numbers, EVEN)]
    )


def after_onset(numbers: np.ndarray) -> np.ndarray:
    """Returns the frames after the onset, or the onset where there is no other."""
    return numbers[1:] if len(numbers) > 1 else numbers


def _around_apex(numbers: np.ndarray, apex: int) -> np.ndarray:
    """Returns int64 [5], all after the onset: a pair of the onset with itself shows no motion.

    A number before the second frame gives the second, and one after the last the last. Only a clip
    of one frame gives its onset.
    """
    later = after_onset(numbers)
    around = sampling.nearest(later, apex + np.arange(-BESIDE, BESIDE + 1))
    return len(numbers) - len(later) + around
