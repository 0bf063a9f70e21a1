"""The 68-point scheme seen in a mirror: which landmark is which, and where it then lies."""

import jax.numpy as jnp
import numpy as np
from jax import Array

# Landmark i of the mirrored face is landmark MIRROR[i] of the face.
MIRROR = np.array(
    [
        *range(16, -1, -1),  # jaw
        *range(26, 16, -1),  # brows
        *(27, 28, 29, 30, 35, 34, 33, 32, 31),  # nose
        *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),  # eyes
        *(54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55),  # outer lips
        *(64, 63, 62, 61, 60, 67, 66, 65),  # inner lips
    ]
)


def mirrored(points: Array, width: int) -> Array:
    """Returns the landmarks [..., 68, 2] of an image of `width` px that is mirrored left to right.

    (x, y) px, whole numbers are pixel centres. Left and right landmarks change their index.
    """
    x, y = points[..., 0], points[..., 1]
    return jnp.stack([width - 1 - x, y], axis=-1)[..., MIRROR, :]
