"""What models say of clips: one of them, and all of a run on average."""

import dataclasses

import flax.struct
import numpy as np
from numpy.typing import NDArray

from mol_jax.data.clips import Leaf

Floats = NDArray[np.float32]


@flax.struct.dataclass
class Outputs:
    """What one model says of R clips; None of what its network does not predict.

    probabilities: float32 [R, c]. landmarks: float32 [R, t-1, 68, 2], px of the centre crop, of
    frames 1…t−1. flow: float32 [R, t-1, H, W, 2], px, of the centre crop.
    """

    probabilities: Leaf = None
    landmarks: Leaf = None
    flow: Leaf = None


@dataclasses.dataclass(frozen=True)
class Averaged:
    """What a run's models say of R clips on average; None of what its network does not predict.

    probabilities: float32 [R, c], calibrated. spread: float32 [R, c], standard deviation (n−1) over
    the models of what each says, calibrated alike; None where there is one model. landmarks:
    float32 [R, t-1, 68, 2], px of the centre crop, of frames 1…t−1. flow: float32
    [R, t-1, H, W, 2], px.
    """

    probabilities: Floats | None = None
    spread: Floats | None = None
    landmarks: Floats | None = None
    flow: Floats | None = None
