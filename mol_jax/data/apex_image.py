"""The apex of a clip as one small grey image: a face and no motion.

Without weights trained elsewhere it is the weakest input there is, and of use as a control: how
much of a score is who is seen.
"""

import numpy as np

from mol_jax.data import key_frames
from mol_jax.data.flow_image import shrunk
from mol_jax.data.recorded import RecordedClip


def make(clip: RecordedClip, *, side: int) -> np.ndarray:
    """Returns x/127.5 − 1 of the apex, shrunk by area, float32 [side, side]."""
    frame = clip.frames[key_frames.indices(clip)[key_frames.APEX]]
    return shrunk(frame[..., None] / 127.5 - 1, side)[..., 0]
