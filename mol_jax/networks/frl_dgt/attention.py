"""The Attn block: tokens that look at one another (Sec 3.2.2).

Shapes: B clips, m tokens of C numbers each, h heads of c = C/h.
"""

import chex
import jax
import jax.numpy as jnp
from flax import linen as nn

from mol_jax.networks.layers import Dtype, at_least_float32, dense, dropout, layer_norm


class AttnBlock(nn.Module):
    """`depth` pre-norm transformer layers: tokens [B,m,C] → same.

    Each is x ← x + MHA(LN x), then x ← x + MLP(LN x), an MLP of mlp_ratio·C with GELU.

    frl: the paper names "multiple" layers and no sizes: 2, and ViT's ratio of 4. q, k and v have no
    bias, since it has weight matrices only; scale 1/√c, and the output's projection has one. It
    names no dropout: there is one rate, traced, on what is added to x, and it is 0 by default.
    """

    depth: int = 2
    heads: int = 8
    mlp_ratio: int = 4
    dtype: Dtype = jnp.float32

    @nn.compact
    def __call__(
        self, x: jax.Array, *, train: bool, dropout_rate: jax.Array | float = 0.0
    ) -> jax.Array:
        chex.assert_rank(x, 3)
        x = x.astype(self.dtype)
        for layer in range(self.depth):
            for update in (self._attention, self._mlp):
                change = update(x, layer)
                x = x + (dropout(self, change, dropout_rate) if train else change)
        return x

    def _attention(self, x: jax.Array, layer: int) -> jax.Array:
        batch, length, channels = x.shape
        assert channels % self.heads == 0, (channels, self.heads)
        x = layer_norm(x, self.dtype, name=f"norm_attention_{layer}")
        qkv = dense(3 * channels, 1.0, self.dtype, use_bias=False, name=f"qkv_{layer}")(x)
        qkv = qkv.reshape(batch, length, 3, self.heads, channels // self.heads)
        q, k, v = (qkv[:, :, part] for part in range(3))
        scores = jnp.einsum("bihd,bjhd->bhij", q, k).astype(at_least_float32(self.dtype))
        weights = nn.softmax(scores * (channels // self.heads) ** -0.5).astype(self.dtype)
        mixed = jnp.einsum("bhij,bjhd->bihd", weights, v)
        return dense(channels, 1.0, self.dtype, name=f"out_{layer}")(mixed.reshape(x.shape))

    def _mlp(self, x: jax.Array, layer: int) -> jax.Array:
        channels = x.shape[-1]
        x = layer_norm(x, self.dtype, name=f"norm_mlp_{layer}")
        hidden = dense(self.mlp_ratio * channels, 2.0, self.dtype, name=f"mlp_in_{layer}")(x)
        return dense(channels, 1.0, self.dtype, name=f"mlp_out_{layer}")(nn.gelu(hidden))
