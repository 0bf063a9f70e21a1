"""What a pre-training needs to go on: the training state, and the place in the stream of clips."""

import flax.struct
import jax
import numpy as np

from mol_jax.data.clips import Leaf
from mol_jax.pretraining.stream import STATE
from mol_jax.training.step import FoldState

NAME = "trial0/seed{}/all"  # of the one replica, as checkpoints are kept under


@flax.struct.dataclass
class Held:
    """fold: of all training clips. position: uint8 [STATE], of the stream (`Stream.state`)."""

    fold: FoldState
    position: Leaf

    @property
    def step(self) -> Leaf:
        """Returns the updates made."""
        return self.fold.step


def shapes(fold: FoldState) -> Held:
    """Returns the shapes and types of what is held, given those of the training state."""
    return Held(fold, jax.ShapeDtypeStruct((STATE,), np.uint8))


def replica_name(seed: int) -> str:
    """Returns the name of the replica's checkpoints."""
    return NAME.format(seed)
