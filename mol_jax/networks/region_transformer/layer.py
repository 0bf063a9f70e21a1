"""One pre-norm transformer layer, its weights drawn from U(±1/√fan-in).

Shapes: N sequences of m tokens of C numbers each, h heads of c = C/h.
"""

import chex
import jax
import jax.numpy as jnp
from flax import linen as nn

from mol_jax.networks.layers import layer_norm
from mol_jax.networks.shallow import dense, uniform

RATIO = 4  # of the MLP's width (authors' code)


class Layer(nn.Module):
    """x ← x + attention(LN x), then x ← x + MLP(LN x): tokens [N,m,C] → same.

    The MLP is of 4·C with GELU.
    """

    heads: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        chex.assert_rank(x, 3)
        channels = x.shape[-1]
        x = x + Attention(self.heads, name="attention")(layer_norm(x, name="norm_attention"))
        widen = dense(RATIO * channels, channels, name="mlp_in")
        wide = nn.gelu(widen(layer_norm(x, name="norm_mlp")), approximate=False)
        return x + dense(channels, RATIO * channels, name="mlp_out")(wide)


class Attention(nn.Module):
    """Tokens [N,m,C] that look at one another → same; q, k and v have no bias, the output has."""

    heads: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        sequences, length, channels = x.shape
        assert channels % self.heads == 0, (channels, self.heads)
        kernel = self.param("qkv", uniform(channels), (channels, 3 * channels))
        qkv = (x @ kernel).reshape(sequences, length, 3, self.heads, channels // self.heads)
        looks = self.looks(qkv[:, :, 0], qkv[:, :, 1])
        self.sow("intermediates", "attention", looks)  # for pictures; costs nothing unread
        mixed = jnp.einsum("nhij,njhc->nihc", looks, qkv[:, :, 2])
        return dense(channels, channels, name="out")(mixed.reshape(x.shape))

    def looks(self, q: jax.Array, k: jax.Array) -> jax.Array:
        """Returns softmax_j(q_i·k_j/√c), [N,h,m,m], of queries and keys [N,m,h,c].

        A method of its own, so that tests can see what it returns.
        """
        scores = jnp.einsum("nihc,njhc->nhij", q, k)
        return nn.softmax(scores * q.shape[-1] ** -0.5)
