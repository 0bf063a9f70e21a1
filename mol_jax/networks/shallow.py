"""The layers of shallow networks: a convolution with its pooling, and hidden layers to the classes.

Weights and biases are drawn from U(±1/√fan-in), as PyTorch does where nothing is said; where a
layer is given `kernel_init` its weights are drawn from that, and its biases start at zero.
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


def dense(
    features: int,
    fan_in: int,
    *,
    name: str,
    precision: lax.Precision | None = None,
    kernel_init: nn.initializers.Initializer | None = None,
) -> nn.Dense:
    """Affine map of the last axis, of `fan_in` numbers.

    precision: `layers.EXACT`, or None for what JAX does by default.
    """
    weights, biases = _draws(fan_in, kernel_init)
    return nn.Dense(features, kernel_init=weights, bias_init=biases, precision=precision, name=name)


def max_pool(x: jax.Array, size: int, padding: int = 0, stride: int | None = None) -> jax.Array:
    """Max pooling [N,H,W,C] → [N,H',W',C], H' = (H + 2·padding − size)/stride + 1.

    Padding is of -∞, and H' and W' must be whole. stride: None for the window's. Taken as the
    larger of strided slices, whose equal pixels share a gradient.
    """
    stride = stride or size
    around = ((0, 0), (padding, padding), (padding, padding), (0, 0))
    x = jnp.pad(x, around, constant_values=-jnp.inf) if padding else x
    _, height, width, _ = x.shape
    assert (height - size) % stride == (width - size) % stride == 0, (x.shape, size, stride)
    rows, columns = (
        [slice(i, side - size + i + 1, stride) for i in range(size)] for side in (height, width)
    )
    x = functools.reduce(jnp.maximum, (x[:, at] for at in rows))
    return functools.reduce(jnp.maximum, (x[:, :, at] for at in columns))


def largest(x: jax.Array, axis: int) -> jax.Array:
    """Returns the largest numbers along an axis, which stays, with length 1.

    The first of several that are alike has all of their gradient. Not jnp.max: XLA may compute x
    again for its gradient, and of numbers that round otherwise none equals the largest, whose share
    is then 0/0.
    """
    place = jnp.argmax(x, axis=axis)
    chosen = jax.nn.one_hot(place, x.shape[axis], axis=axis, dtype=bool)
    return jnp.where(chosen, x, 0).sum(axis=axis, keepdims=True)


class ConvPool(nn.Module):
    """Convolution, ReLU and max pooling [N,H,W,C] → [N,H'/pool,W'/pool,features].

    H' = H + 2·padding − size + 1; a pool of 1 is none. Bias and ReLU are taken of what is left
    after the pooling: both keep the order of numbers, so the result is the same to the bit, from
    1/pool² of the work.
    """

    features: int
    size: int
    pool: int = 1
    padding: int = 0
    lowering: convolutions.Lowering = "auto"
    kernel_init: nn.initializers.Initializer | None = None

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        shape = (self.size, self.size, x.shape[-1], self.features)
        weights, biases = _draws(self.size**2 * x.shape[-1], self.kernel_init)
        kernel = self.param("kernel", weights, shape)
        bias = self.param("bias", biases, shape[3:])
        x = convolutions.conv(x, kernel, padding=self.padding, lowering=self.lowering)
        return nn.relu(max_pool(x, self.pool) + bias[None, None, None])


class Head(nn.Module):
    """Numbers [N,K] through hidden layers, each with ReLU and dropout, to the logits of n classes.

    hidden: how many numbers each has. The last one's, after dropout, are the embedding.
    """

    hidden: tuple[int, ...]
    num_classes: int
    kernel_init: nn.initializers.Initializer | None = None

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool, dropout: jax.Array | float) -> Classified:
        drawn = functools.partial(dense, kernel_init=self.kernel_init)
        for i, features in enumerate(self.hidden, 1):
            x = nn.relu(drawn(features, x.shape[-1], name=f"hidden{i}")(x))
            if train:
                x = _dropout(self, x, dropout)
        layer = drawn(self.num_classes, x.shape[-1], precision=EXACT, name="classes")
        return Classified(layer(x), x)


_dropout = dropout  # a module's argument has the same name


def _draws(
    fan_in: int, kernel_init: nn.initializers.Initializer | None
) -> tuple[nn.initializers.Initializer, nn.initializers.Initializer]:
    """Returns what weights and biases are drawn by; see the head of this file."""
    if kernel_init is None:
        return uniform(fan_in), uniform(fan_in)
    return kernel_init, nn.initializers.zeros
