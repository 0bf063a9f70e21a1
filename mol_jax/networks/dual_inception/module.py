"""Dual-Inception's layers: a stream of two inception blocks for u, one for v, and two dense layers.

Kernels are drawn from Glorot's uniform and biases start at zero, as in the authors' Keras code.
Shapes: B images of 28×28 px.
"""

import functools

import chex
import flax.struct
import jax
import jax.numpy as jnp
from flax import linen as nn

from mol_jax.networks import convolutions
from mol_jax.networks.layers import EXACT

SIDE = 28  # px
WIDTHS = (6, 16)  # filters of each branch of the two blocks
GLOROT = nn.initializers.glorot_uniform()


@flax.struct.dataclass
class DualInceptionOutputs:
    """logits: [B, n]. embedding: [B, hidden], what they are made of."""

    logits: jax.Array
    embedding: jax.Array


class InceptionBlock(nn.Module):
    """Maps [B,H,W,C] → [B,H,W,4·features]: four branches of the same maps, side by side.

    1×1; 1×1 and 3×3; 1×1 and 5×5; the largest of 3×3 pixels and 1×1. ReLU follows each convolution.
    """

    features: int
    lowering: convolutions.Lowering = "auto"

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        conv = functools.partial(_conv, self, self.features, self.lowering)
        return jnp.concatenate(
            [
                conv(x, 1, "one"),
                conv(conv(x, 1, "before_three"), 3, "three"),
                conv(conv(x, 1, "before_five"), 5, "five"),
                conv(_largest_around(x), 1, "after_pool"),
            ],
            axis=-1,
        )


class Stream(nn.Module):
    """One component of the flow [B,28,28,1] → 14×14×24 → 7×7×64 → [B,3136]."""

    lowering: convolutions.Lowering = "auto"

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        for i, features in enumerate(WIDTHS):
            x = InceptionBlock(features, self.lowering, name=f"block_{i}")(x)
            x = _halved(x)
        return x.reshape(len(x), -1)


class DualInception(nn.Module):
    """u and v as images [B,28,28,2] → 2 × 3,136 → `hidden` → the classes.

    The authors' code gives each stream three grey channels that are the same; of one channel it can
    be made the same function, with 96 parameters fewer: 6,449,867 in all for three classes.
    """

    num_classes: int
    hidden: int = 1024
    lowering: convolutions.Lowering = "auto"

    @nn.compact
    def __call__(self, images: jax.Array, *, train: bool) -> DualInceptionOutputs:
        del train  # no layer of it knows
        chex.assert_shape(images, (None, SIDE, SIDE, 2))
        u = Stream(self.lowering, name="u")(images[..., :1])
        v = Stream(self.lowering, name="v")(images[..., 1:])
        x = jnp.concatenate([u, v], axis=-1)
        x = nn.relu(nn.Dense(self.hidden, kernel_init=GLOROT, name="hidden_layer")(x))
        classes = nn.Dense(self.num_classes, kernel_init=GLOROT, precision=EXACT, name="classes")
        return DualInceptionOutputs(classes(x), x)


def _conv(
    module: nn.Module,
    features: int,
    lowering: convolutions.Lowering,
    x: jax.Array,
    size: int,
    name: str,
) -> jax.Array:
    """Returns a convolution of the same side, its bias added, and ReLU of that."""
    kernel = module.param(f"{name}_kernel", GLOROT, (size, size, x.shape[-1], features))
    bias = module.param(f"{name}_bias", nn.initializers.zeros, (features,))
    x = convolutions.conv(x, kernel, padding=size // 2, lowering=lowering)
    return nn.relu(x + bias[None, None, None])


def _largest_around(x: jax.Array) -> jax.Array:
    """Returns the largest of the 3×3 pixels around each, of those that there are."""
    _, height, width, _ = x.shape
    x = jnp.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=-jnp.inf)
    x = functools.reduce(jnp.maximum, (x[:, i : i + height] for i in range(3)))
    return functools.reduce(jnp.maximum, (x[:, :, i : i + width] for i in range(3)))


def _halved(x: jax.Array) -> jax.Array:
    """Max pooling [B,2H,2W,C] → [B,H,W,C], window and stride 2."""
    x = functools.reduce(jnp.maximum, (x[:, i::2] for i in range(2)))
    return functools.reduce(jnp.maximum, (x[:, :, i::2] for i in range(2)))
