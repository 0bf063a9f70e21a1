"""The fusion layer: many tokens to one vector (Sec 3.2.2, Eqs 5–7), and M4's in its place.

Shapes: B clips, m tokens of C numbers each, h heads of c = C/h.
"""

from typing import Literal

import chex
import jax
import jax.numpy as jnp
from flax import linen as nn

from mol_jax.networks.layers import Dtype, at_least_float32, batch_norm, kernel_init, layer_norm

Fusion = Literal["before", "after"]


class FusionLayer(nn.Module):
    """Tokens [B,m,C] → their vector [B,C] and the weights of the tokens in it [B,m], float32.

    X = LN(tokens), and for each head k with Q, K, V = X·W_q, X·W_k, X·W_v and no bias:

        q̄_k = Σ_i w_i Q_k[i]                    w [m], shared by heads and channels
        r_k[j] = q̄_k · K_k[j]                   no 1/√c                              (5)
        head_k = Σ_j softmax_j(BN(r_k)[j]) V_k[j]                                    (6)
        F = concat_k head_k                     no projection of the output          (7)

    All but softmax and BN is linear, so the products stand in the order that has fewest of them:
    w meets X before W_q does, and W_k and W_v meet one vector a head in place of m tokens.

    fusion: "after" is Fu-A of M4: all m queries look, softmax_j(Q_k[i]·K_k[j]/√c), w joins what
    they saw, and there is no BN.

    The weights are the mean over heads of softmax_j(BN(r_k)), Fig 7; of "after" those that w makes
    of the queries' own.

    frl: w has no bias and starts at 1/m, the mean of the queries, since the paper has equal weights
    average. BN has one mean, variance and scale a head, over clips and keys, and no shift: softmax
    cancels it, so its true gradient is zero and Adam would turn the noise into steps.
    """

    heads: int = 8
    fusion: Fusion = "before"
    dtype: Dtype = jnp.float32

    @nn.compact
    def __call__(self, tokens: jax.Array, *, train: bool) -> tuple[jax.Array, jax.Array]:
        chex.assert_rank(tokens, 3)
        batch, length, channels = tokens.shape
        assert channels % self.heads == 0, (channels, self.heads)
        assert self.fusion in ("before", "after"), self.fusion
        x = layer_norm(tokens, self.dtype, name="norm_tokens")
        query, key, value = (self._kernel(name, channels) for name in ("query", "key", "value"))
        kept = at_least_float32(self.dtype)
        init = nn.initializers.constant(1 / length)
        mix = self.param("mix", init, (length,), kept)
        if self.fusion == "before":
            pooled = jnp.einsum("m,bmc->bc", mix.astype(self.dtype), x)
            queries = jnp.einsum("bc,chd->bhd", pooled, query)
            r = jnp.einsum("bmc,bhc->bmh", x, jnp.einsum("bhd,chd->bhc", queries, key))
            r = batch_norm(r.astype(kept), kept, train=train, use_bias=False)
            weights = nn.softmax(r, axis=1)  # [B,m,h]
        else:
            queries, keys = (jnp.einsum("bmc,chd->bmhd", x, kernel) for kernel in (query, key))
            r = jnp.einsum("bihd,bjhd->bijh", queries, keys).astype(kept)
            looked = nn.softmax(r * (channels // self.heads) ** -0.5, axis=2)
            weights = jnp.einsum("i,bijh->bjh", mix, looked)
        seen = jnp.einsum("bmh,bmc->bhc", weights.astype(self.dtype), x)
        vector = jnp.einsum("bhc,chd->bhd", seen, value).reshape(batch, channels)
        return vector, weights.mean(axis=-1)

    def _kernel(self, name: str, channels: int) -> jax.Array:
        """Returns W [C,h,c] of a projection."""
        shape = (channels, channels)
        kernel = self.param(name, kernel_init(1.0), shape, at_least_float32(self.dtype))
        return kernel.astype(self.dtype).reshape(channels, self.heads, -1)
