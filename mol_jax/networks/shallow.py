"""The layers of shallow networks: a convolution with its pooling, and hidden layers to the classes.

Weights and biases are drawn from U(±1/√fan-in), as PyTorch does where nothing is said.
"""

import functools

import jax
import jax.numpy as jnp
from flax import linen as nn
from jax import lax

from mol_jax.networks import convolutions
from mol_jax.networks.classification import Classified
from mol_jax.networks.layers import EXACT, dropout


def uniform(fan_in: int) -> nn.initializers.Initializer:
    """Returns draws from U(±1/√fan_in), for weights and biases."""

    def draw(key: jax.Array, shape: tuple[int, ...], dtype: jnp.dtype = jnp.float32) -> jax.Array:
        bound = fan_in**-0.5
        return jax.random.uniform(key, shape, dtype, -bound, bound)

    return draw


def uniform_dense(
    features: int, fan_in: int, *, name: str, precision: lax.Precision | None = None
) -> nn.Dense:
    """Affine map of the last axis, of `fan_in` numbers, drawn from `uniform`.

    precision: `layers.EXACT`, or None for what JAX does by default.
    """
    init = uniform(fan_in)
    return nn.Dense(features, kernel_init=init, bias_init=init, precision=precision, name=name)


def max_pool(x: jax.Array, size: int, padding: int = 0) -> jax.Array:
    """Max pooling [N,H,W,C] → [N,H',W',C], H' = (H + 2·padding)/size: the window is the stride.

    Padding is of -∞, and H' and W' must be whole. Taken as the larger of strided slices, whose
    equal pixels share a gradient.
    """
    around = ((0, 0), (padding, padding), (padding, padding), (0, 0))
    x = jnp.pad(x, around, constant_values=-jnp.inf) if padding else x
    assert x.shape[1] % size == x.shape[2] % size == 0, (x.shape, size)
    x = functools.reduce(jnp.maximum, (x[:, i::size] for i in range(size)))
    return functools.reduce(jnp.maximum, (x[:, :, i::size] for i in range(size)))


class ConvPool(nn.Module):
    """Convolution, ReLU and max pooling [N,H,W,C] → [N,H'/pool,W'/pool,features].

    H' = H + 2·padding − size + 1. Bias and ReLU are taken of what is left after the pooling: both
    keep the order of numbers, so the result is the same to the bit, from 1/pool² of the work.
    """

    features: int
    size: int
    pool: int
    padding: int = 0
    lowering: convolutions.Lowering = "auto"

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        shape = (self.size, self.size, x.shape[-1], self.features)
        init = uniform(self.size**2 * x.shape[-1])
        kernel = self.param("kernel", init, shape)
        bias = self.param("bias", init, shape[3:])
        x = convolutions.conv(x, kernel, padding=self.padding, lowering=self.lowering)
        return nn.relu(max_pool(x, self.pool) + bias[None, None, None])


class Head(nn.Module):
    """Numbers [N,K] through hidden layers, each with ReLU and dropout, to the logits of n classes.

    hidden: how many numbers each has. The last one's, after dropout, are the embedding.
    """

    hidden: tuple[int, ...]
    num_classes: int

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool, dropout: jax.Array | float) -> Classified:
        for i, features in enumerate(self.hidden, 1):
            x = nn.relu(uniform_dense(features, x.shape[-1], name=f"hidden{i}")(x))
            if train:
                x = _dropout(self, x, dropout)
        layer = uniform_dense(self.num_classes, x.shape[-1], precision=EXACT, name="classes")
        return Classified(layer(x), x)


_dropout = dropout  # a module's argument has the same name
