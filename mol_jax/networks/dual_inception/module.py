"""Dual-Inception's layers: two blocks of inception for u, the same two for v, and where they meet.

Kernels are drawn from Glorot's uniform and biases start at zero, as in the authors' Keras code.
Shapes: B images of 28×28 px, two channels: u and v.
"""

import functools

import chex
import jax
import jax.numpy as jnp
from flax import linen as nn

from mol_jax.networks import convolutions
from mol_jax.networks.classification import Classified
from mol_jax.networks.shallow import ConvPool, Head, max_pool

SIDE = 28  # px
WIDTHS = (6, 16)  # filters of each branch of the two blocks
GLOROT = nn.initializers.glorot_uniform()


class InceptionBlock(nn.Module):
    """Maps [B,H,W,C] → [B,H,W,4·features]: four branches of the same maps, side by side.

    1×1; 1×1 and 3×3; 1×1 and 5×5; the largest of 3×3 pixels and 1×1. ReLU follows each convolution.
    """

    features: int
    lowering: convolutions.Lowering = "auto"

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        def conv(x: jax.Array, size: int, name: str) -> jax.Array:
            around = size // 2
            same = functools.partial(ConvPool, padding=around, lowering=self.lowering, name=name)
            return same(self.features, size, kernel_init=GLOROT)(x)

        return jnp.concatenate(
            [
                conv(x, 1, "one"),
                conv(conv(x, 1, "before_three"), 3, "three"),
                conv(conv(x, 1, "before_five"), 5, "five"),
                conv(max_pool(x, 3, padding=1, stride=1), 1, "after_pool"),
            ],
            axis=-1,
        )


class Stream(nn.Module):
    """One component of the flow [B,28,28,1] → 14×14×24 → 7×7×64 → [B,3136]."""

    lowering: convolutions.Lowering = "auto"

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        for i, features in enumerate(WIDTHS, 1):
            x = max_pool(InceptionBlock(features, self.lowering, name=f"block{i}")(x), 2)
        return x.reshape(len(x), -1)


class DualInception(nn.Module):
    """u and v as images [B,28,28,2] → 2 × 3,136 → `hidden` → the classes.

    The authors' code gives each stream three grey channels that are the same; of one channel it can
    be made the same function, with 96 parameters fewer: 6,449,867 in all for three classes. It has
    no dropout and no batch norm.
    """

    num_classes: int
    hidden: int = 1024
    lowering: convolutions.Lowering = "auto"

    @nn.compact
    def __call__(self, images: jax.Array, *, train: bool) -> Classified:
        del train  # no layer of it knows
        chex.assert_shape(images, (None, SIDE, SIDE, 2))
        u = Stream(self.lowering, name="u")(images[..., :1])
        v = Stream(self.lowering, name="v")(images[..., 1:])
        head = Head((self.hidden,), self.num_classes, GLOROT, name="head")
        return head(jnp.concatenate([u, v], axis=-1), train=False, dropout=0.0)
