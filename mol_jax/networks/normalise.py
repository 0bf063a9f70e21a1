"""Flow images brought to a common range, each clip's by itself.

No number here is of two clips, a person or a dataset, so none can come from one that is held out.
Images are [B, H, W, 3]: u, v and strain, as `mol_jax.data.flow_image` makes them.
"""

import chex
import jax
import jax.numpy as jnp

LARGE = (2.0, 2.0, 0.2)  # what "fixed" makes 1: px of motion, and px per px of strain


def normalise(image: jax.Array, how: str) -> jax.Array:
    """Returns flow images [B, H, W, 3] in the range that `how` says.

    minmax: (x - min) / (max - min) of each channel, in [0, 1]; 0.5 where a channel is constant. It
    forgets how large the motion was, and which value was none.
    absmax: u and v over the largest magnitude of either, strain over its own, in [-1, 1]; 0 where
    nothing moves. Still is 0, and the direction of the motion is kept.
    fixed: over `LARGE`, unbounded; keeps how large the motion was.
    """
    chex.assert_rank(image, 4)
    chex.assert_axis_dimension(image, 3, 3)
    if how == "minmax":
        low, high = (f(image, axis=(1, 2), keepdims=True) for f in (jnp.min, jnp.max))
        return jnp.where(high > low, (image - low) / _divisor(high - low), 0.5)
    if how == "absmax":
        most = jnp.max(jnp.abs(image), axis=(1, 2), keepdims=True)
        motion = jnp.max(most[..., :2], axis=-1, keepdims=True)
        return image / _divisor(jnp.concatenate([motion, motion, most[..., 2:]], axis=-1))
    assert how == "fixed", how
    return image / jnp.asarray(LARGE, image.dtype)[None, None, None]


def _divisor(x: jax.Array) -> jax.Array:
    """Returns x, and 1 where it is 0."""
    return jnp.where(x > 0, x, jnp.ones_like(x))
