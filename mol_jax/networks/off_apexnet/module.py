"""OFF-ApexNet's layers: two streams, one for each direction of the flow, and two hidden layers.

Shapes: B images of 28×28 px, two channels: u and v.
"""

import chex
import jax
import jax.numpy as jnp
from flax import linen as nn

from mol_jax.networks import convolutions
from mol_jax.networks.classification import Classified
from mol_jax.networks.shallow import ConvPool, Head

SIDE = 28  # px
MAPS = (6, 16)  # of a stream's two convolutions
HIDDEN = (1024, 1024)


class Stream(nn.Module):
    """One channel [B,28,28,1] → 6 maps of 14×14 → 16 of 7×7, as [B,784]."""

    lowering: convolutions.Lowering = "auto"

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        for i, maps in enumerate(MAPS, 1):
            x = ConvPool(maps, 5, 2, 2, lowering=self.lowering, name=f"conv{i}")(x)
        return x.reshape(len(x), -1)


class OffApexnet(nn.Module):
    """u and v [B,28,28,2], each through a stream of its own → 1024 → 1024 → the classes.

    ReLU follows either convolution: of the two re-implementations one has it and one has none, and
    the paper does not say. 2,664,475 parameters for three classes, 2,666,525 for five; the paper
    counts 2.77 million.
    """

    num_classes: int
    lowering: convolutions.Lowering = "auto"

    @nn.compact
    def __call__(self, images: jax.Array, *, train: bool, dropout: jax.Array | float) -> Classified:
        chex.assert_shape(images, (None, SIDE, SIDE, 2))
        u = Stream(self.lowering, name="u")(images[..., :1])
        v = Stream(self.lowering, name="v")(images[..., 1:])
        head = Head(HIDDEN, self.num_classes, name="head")
        return head(jnp.concatenate([u, v], axis=-1), train=train, dropout=dropout)
