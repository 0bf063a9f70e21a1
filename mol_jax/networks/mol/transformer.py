"""A vanilla transformer in FCC's place (Table XI).

Shapes: N maps, H and W their size, C channels.
"""

import chex
import jax
import jax.numpy as jnp
from flax import linen as nn

from mol_jax.networks.layers import Dtype, at_least_float32, dense, layer_norm

POSITION_STD = 0.02


class Transformer(nn.Module):
    """One pre-norm transformer encoder layer over the H·W positions: maps [N,H,W,C] → same.

    What replaces FCC in the ablation "vanilla transformer" (Table XI); returns the update, which
    `F5C` adds. paper: gives no sizes. Here: learned positions, `head_count` heads, MLP of 4·C with
    GELU.
    """

    dtype: Dtype = jnp.float32

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        chex.assert_rank(x, 4)
        n, height, width, channels = x.shape
        kept = at_least_float32(self.dtype)
        shape = (1, height * width, channels)
        position = self.param("position", nn.initializers.normal(POSITION_STD), shape, kept)
        tokens = x.astype(self.dtype).reshape(n, -1, channels) + position.astype(self.dtype)
        update = self._attention(layer_norm(tokens, self.dtype, name="norm_attention"))
        normed = layer_norm(tokens + update, self.dtype, name="norm_mlp")
        hidden = nn.gelu(dense(4 * channels, 2.0, self.dtype, name="mlp_in")(normed))
        update = update + dense(channels, 1.0, self.dtype, name="mlp_out")(hidden)
        return update.reshape(n, height, width, channels)

    def _attention(self, x: jax.Array) -> jax.Array:
        n, length, channels = x.shape
        heads = head_count(channels)
        qkv = dense(3 * channels, 1.0, self.dtype, name="qkv")(x)
        q, k, v = jnp.moveaxis(qkv.reshape(n, length, 3, heads, channels // heads), 2, 0)
        scores = jnp.einsum("nqhc,nkhc->nhqk", q, k).astype(at_least_float32(x.dtype))
        weights = nn.softmax(scores * (channels // heads) ** -0.5).astype(x.dtype)
        self.sow("intermediates", "attention", weights)  # for pictures; costs nothing unread
        mixed = jnp.einsum("nhqk,nkhc->nqhc", weights, v).reshape(n, length, channels)
        return dense(channels, 1.0, self.dtype, name="out")(mixed)


def head_count(channels: int) -> int:
    """The most heads of at least 32 channels that divide `channels`: 128 → 4, 112 → 2, 16 → 1."""
    return next(n for n in range(max(1, channels // 32), 0, -1) if channels % n == 0)
