"""How far off a flow is."""

import chex
import jax.numpy as jnp
from jax import Array


def endpoint_error(flow: Array, target: Array) -> Array:
    """Returns the EPE [...] in px: the mean length of the difference over [..., H, W, 2]."""
    chex.assert_shape(flow, (..., None, None, 2))
    chex.assert_equal_shape([flow, target])
    return jnp.linalg.norm(flow - target, axis=-1).mean(axis=(-1, -2))
