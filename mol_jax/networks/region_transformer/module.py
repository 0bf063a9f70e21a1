"""The layers of the region transformer: tokens within each region, then the regions.

Shapes: B images of four regions of 14×14 px, two by two; C is `dim`, n classes.
"""

import chex
import jax
import jax.numpy as jnp
from flax import linen as nn

from mol_jax.networks import convolutions
from mol_jax.networks.classification import Classified
from mol_jax.networks.layers import layer_norm
from mol_jax.networks.region_transformer.layer import Layer
from mol_jax.networks.shallow import Head, dense, max_pool, uniform

SIDE = 28  # px
PATCH = 7  # px; two by two in a region
TOKENS = 4  # of a region, and regions of a face


class RegionTransformer(nn.Module):
    """Images [B,28,28,3] → each region's four tokens of C → the four regions of 2·C → the classes.

    A patch of 7×7 px is a token. Level 1 is one transformer, used of each region by itself. Then a
    3×3 convolution of a region's 2×2 tokens to 2·C, layer norm, and the largest of the four: a
    token of each region. Level 2 is a transformer over these, and their mean makes the classes.
    Each level has a learnt vector of each place, N(0, 1), added first.

    paper: HTNet's code gives each attention one token, on all of three levels, whose softmax is 1
    whatever is asked; here it has four, and two levels are left. Its places are a number each,
    which layer norm takes away. Its convolution and its pooling go across the seams of the mosaic,
    where pixels of an eye and of the mouth lie side by side; here they stay within a region.

    580,355 parameters for three classes, 580,613 for five; 34,311,171 of dim 256, repeats (2, 10).
    """

    num_classes: int
    dim: int = 64
    heads: int = 4
    repeats: tuple[int, int] = (2, 2)
    lowering: convolutions.Lowering = "auto"

    @nn.compact
    def __call__(self, images: jax.Array, *, train: bool) -> Classified:
        chex.assert_shape(images, (None, SIDE, SIDE, 3))
        x = dense(self.dim, PATCH * PATCH * 3, name="patches")(cut(images))
        x = self._level(x.reshape(-1, TOKENS, self.dim), 1)
        x = self._joined(x).reshape(len(images), TOKENS, 2 * self.dim)
        x = layer_norm(self._level(x, 2), name="norm").mean(axis=1)
        return Head((), self.num_classes, name="head")(x, train=train, dropout=0.0)

    def _level(self, x: jax.Array, level: int) -> jax.Array:
        """Returns tokens [N,4,C] after a level's places and layers."""
        places = self.param(f"places{level}", nn.initializers.normal(1.0), x.shape[1:])
        x = x + places[None]
        for i in range(self.repeats[level - 1]):
            x = Layer(level * self.heads, name=f"level{level}_layer{i + 1}")(x)
        return x

    def _joined(self, x: jax.Array) -> jax.Array:
        """Returns a token [N,2·C] of each region's [N,4,C]."""
        init = uniform(9 * self.dim)
        kernel = self.param("join_kernel", init, (3, 3, self.dim, 2 * self.dim))
        bias = self.param("join_bias", init, (2 * self.dim,))
        x = x.reshape(-1, 2, 2, self.dim)
        x = convolutions.conv(x, kernel, padding=1, lowering=self.lowering)
        x = layer_norm(x + bias[None, None, None], name="join_norm")
        # Not jnp.max: XLA may compute x again for its gradient, and of numbers that round otherwise
        # none equals the largest, whose share is then 0/0.
        return max_pool(x, 2)


def cut(images: jax.Array) -> jax.Array:
    """Returns patches [B,4,4,147] of images [B,28,28,3]: of each region by rows, each by rows."""
    batch, channels = len(images), images.shape[-1]
    # [B, region's row, patch's row, y, region's column, patch's column, x, channels]
    x = images.reshape(batch, 2, 2, PATCH, 2, 2, PATCH, channels)
    x = jnp.transpose(x, (0, 1, 4, 2, 5, 3, 6, 7))
    return x.reshape(batch, TOKENS, TOKENS, PATCH * PATCH * channels)
