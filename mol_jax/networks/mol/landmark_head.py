"""The landmark head (Sec 3.3.3) and its start at the mean face."""

from typing import Any

import chex
import jax
import jax.numpy as jnp
from flax import linen as nn

from mol_jax.networks.convolutions import Lowering
from mol_jax.networks.layers import EXACT, Conv, Dtype, at_least_float32, dense, scaled

LANDMARKS = 68


class LandmarkHead(nn.Module):
    """Features [N,h,w,C] of N frames → their landmarks [N,68,2], (x, y) in pixels of the crop.

    The last kernel starts at zero, so the first prediction is the bias: see `with_mean_face`.
    """

    width: float = 1.0
    dtype: Dtype = jnp.float32
    lowering: Lowering = "auto"

    @nn.compact
    def __call__(self, features: jax.Array) -> jax.Array:
        chex.assert_rank(features, 4)
        channels, hidden = scaled(32, self.width), scaled(512, self.width)
        conv = Conv(channels, 3, gain=2.0, dtype=self.dtype, lowering=self.lowering, name="conv")
        x = nn.relu(conv(features)).reshape(features.shape[0], -1)
        x = nn.relu(dense(hidden, 2.0, self.dtype, name="hidden")(x))
        # At least float32: near 100 px bfloat16 steps by half a pixel.
        kept = at_least_float32(self.dtype)
        points = dense(2 * LANDMARKS, 0.0, kept, precision=EXACT, name="points")(x)
        return points.reshape(-1, LANDMARKS, 2)


def with_mean_face(params: dict[str, Any], mean_face: jax.Array) -> dict[str, Any]:
    """`params` of `Mol` with the landmark head predicting `mean_face` [68,2] (px of the crop).

    paper: with λ_m = 68 a head that starts at zero lets the landmark loss drown the others for
    hundreds of steps. Without a landmark head, params come back as they are.
    """
    chex.assert_shape(mean_face, (LANDMARKS, 2))
    if "landmark_head" not in params:
        return params
    head = params["landmark_head"]
    points = head["points"]
    bias = jnp.asarray(mean_face).reshape(-1).astype(points["bias"].dtype)
    return {**params, "landmark_head": {**head, "points": {**points, "bias": bias}}}
