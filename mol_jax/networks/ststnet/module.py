"""STSTNet's layers: three shallow streams over one image of flow and strain.

Shapes: B images of 28×28 px, three channels.
"""

import functools

import chex
import flax.struct
import jax
import jax.numpy as jnp
from flax import linen as nn

from mol_jax.networks import convolutions
from mol_jax.networks.layers import EXACT, NormOf, batch_norm, dropout
from mol_jax.networks.ststnet import streams

SIDE = streams.SIDE  # px
STREAMS = (3, 5, 8)  # filters of each


@flax.struct.dataclass
class StstnetOutputs:
    """logits: [B, n]. embedding: [B, 400], what they are made of."""

    logits: jax.Array
    embedding: jax.Array


class Ststnet(nn.Module):
    """Images [B,28,28,3] → 16 maps of 10×10 → 5×5 → the classes.

    Each stream is a 3×3 convolution, ReLU, batch norm, max pooling and dropout of the same image,
    and they meet after that. Nothing in a stream mixes its maps, so the three are computed as one
    of 3 + 5 + 8 filters, in this order. ReLU stands before batch norm, so biases are no waste.

    The paper's row "FC 400" is taken as the 400 numbers that the classes are made of; as a layer it
    would have 160,400 parameters, and the paper counts 1,670 in all (here 1,683 for three classes).
    """

    num_classes: int
    lowering: convolutions.Lowering = "auto"

    @nn.compact
    def __call__(
        self, images: jax.Array, *, train: bool, dropout: jax.Array | float
    ) -> StstnetOutputs:
        chex.assert_shape(images, (None, SIDE, SIDE, 3))
        shape = (3, 3, 3, sum(STREAMS))
        kernel = self.param("kernel", _uniform(27), shape)
        bias = self.param("bias", _uniform(27), shape[3:])
        if _by_windows(self.lowering):
            norm = NormOf(shape[3], name="norm")
            x, mean, var = streams.pooled(images, kernel, bias, norm.scale)
            x = norm(x, mean, var, train=train)
        else:
            x = convolutions.conv(images, kernel, padding=1, lowering=self.lowering)
            x = nn.relu(x + bias[None, None, None])
            x = _max_pool(batch_norm(x, train=train))
        if train:
            x = _dropout(self, x, dropout)
        x = x.reshape(len(x), 5, 2, 5, 2, -1).mean((2, 4)).reshape(len(x), -1)
        init = _uniform(x.shape[-1])
        logits = nn.Dense(
            self.num_classes, kernel_init=init, bias_init=init, precision=EXACT, name="classes"
        )(x)
        return StstnetOutputs(logits, x)


_dropout = dropout  # the module's argument has the same name


def _by_windows(lowering: convolutions.Lowering) -> bool:
    """Returns whether `streams` computes the layers up to the pooling: see there."""
    return lowering == "patches" or (lowering == "auto" and jax.default_backend() == "cpu")


def _uniform(fan_in: int) -> nn.initializers.Initializer:
    """Returns draws from U(±1/√fan_in), for weights and biases: PyTorch's. paper: silent."""

    def draw(key: jax.Array, shape: tuple[int, ...], dtype: jnp.dtype = jnp.float32) -> jax.Array:
        bound = fan_in**-0.5
        return jax.random.uniform(key, shape, dtype, -bound, bound)

    return draw


def _max_pool(x: jax.Array) -> jax.Array:
    """Max pooling [B,28,28,C] → [B,10,10,C]: window and stride 3, one px of -∞ around the map.

    paper: 10×10 maps. The authors' PyTorch code pads the convolution by 2 and not by 1, which the
    paper does not. Taken as the larger of strided slices, whose equal pixels share a gradient, as
    those of `streams.pooled` do.
    """
    x = jnp.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=-jnp.inf)
    x = functools.reduce(jnp.maximum, (x[:, i::3] for i in range(3)))
    return functools.reduce(jnp.maximum, (x[:, :, i::3] for i in range(3)))
