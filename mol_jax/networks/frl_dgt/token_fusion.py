"""A module of transformer fusion: positions, the Attn block, the fusion layer (Sec 3.2.2, Fig 3).

Shapes: B clips, m tokens of P numbers each, C the width that is computed in.
"""

import chex
import jax
import jax.numpy as jnp
from flax import linen as nn

from mol_jax.networks.frl_dgt.attention import AttnBlock
from mol_jax.networks.frl_dgt.fusion import Fusion, FusionLayer
from mol_jax.networks.layers import Dtype, at_least_float32, dense

POSITION_STD = 0.02


class TokenFusion(nn.Module):
    """Tokens [B,m,P] → one vector [B,C] and the weights of the tokens in it [B,m].

    dim: C, to which tokens are projected; None where they are vectors of C already, P = C. Others:
    `AttnBlock` and `FusionLayer`. attend: False leaves the mean of the projected tokens with their
    positions (M7), and no weights.

    frl: the paper does not speak of positions. Learned ones, normal 0.02, are added to the tokens
    of every module: without them it could not tell where a patch lies. No class token (paper).
    """

    dim: int | None = None
    depth: int = 2
    heads: int = 8
    mlp_ratio: int = 4
    fusion: Fusion = "before"
    attend: bool = True
    dtype: Dtype = jnp.float32

    @nn.compact
    def __call__(
        self, tokens: jax.Array, *, train: bool, dropout_rate: jax.Array | float = 0.0
    ) -> tuple[jax.Array, jax.Array | None]:
        chex.assert_rank(tokens, 3)
        if self.dim is not None:
            tokens = dense(self.dim, 1.0, self.dtype, name="projection")(tokens)
        init = nn.initializers.normal(POSITION_STD)
        kept = at_least_float32(self.dtype)
        positions = self.param("positions", init, tokens.shape[1:], kept)
        tokens = tokens.astype(self.dtype) + positions.astype(self.dtype)[None]
        if not self.attend:
            return tokens.mean(axis=1), None
        attn = AttnBlock(self.depth, self.heads, self.mlp_ratio, self.dtype, name="attn")
        tokens = attn(tokens, train=train, dropout_rate=dropout_rate)
        layer = FusionLayer(self.heads, self.fusion, self.dtype, name="fusion")
        return layer(tokens, train=train)
