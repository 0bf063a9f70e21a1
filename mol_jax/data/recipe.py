"""What a network may read of a clip beside its frames, flow and landmarks: made once, at load."""

import dataclasses
import functools
from collections.abc import Callable

import jax
import numpy as np

from mol_jax.data import flow_image
from mol_jax.data.svm_features import Pair


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How an input is made of one clip and of no other, and how it is mirrored.

    shape: of one clip's input, float32. make: takes the onset and the apex. mirror: the input of
    the clip mirrored left to right; takes and returns [*shape], on the device.
    """

    shape: tuple[int, ...]
    make: Callable[[Pair], np.ndarray]
    mirror: Callable[[jax.Array], jax.Array]


# By the names that `Kind.reads` has, and `ClipTable.inputs` and `Batch.inputs`.
RECIPES = {
    f"flow_image_{side}": Recipe(
        (side, side, 3), functools.partial(flow_image.make, side=side), flow_image.mirror
    )
    for side in flow_image.SIDES
}
