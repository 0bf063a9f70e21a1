"""The layers that networks share: linen modules around `convolutions`, and dropout.

Parameters are float32 whatever the compute type (float64 when computing in it). Kernels are drawn
from a normal of variance gain/fan-in; a gain of 2 keeps the variance through a ReLU.

Where a batch is split over devices (`mol_jax.networks.split_batch`), batch norm and dropout here
are those of the whole batch; else nothing of that is in the program.
"""

from typing import Any

import jax
import jax.numpy as jnp
from flax import linen as nn
from jax import lax

from mol_jax.networks import convolutions, split_batch

Dtype = Any
# Of products whose result is a choice or a place. NVIDIA GPUs since Ampere round what a product of
# float32 multiplies to the 10 bits of TF32 unless told, which is exact enough for a hidden layer.
EXACT = lax.Precision.HIGHEST
SLOPE = 0.1  # of every leaky ReLU in the flow head
MOMENTUM, EPSILON = 0.9, 1e-5  # of every batch norm


def at_least_float32(dtype: Dtype) -> Dtype:
    """What parameters, outputs and choices are kept in when computing in `dtype`."""
    return dtype if jnp.finfo(dtype).bits > 32 else jnp.float32


def scaled(features: int, width: float) -> int:
    """A layer's features under a width multiplier: rounded, at least one."""
    return max(1, round(features * width))


def kernel_init(gain: float) -> nn.initializers.Initializer:
    """Normal kernels of variance gain / fan-in."""
    return nn.initializers.variance_scaling(gain, "fan_in", "normal")


class Conv(nn.Module):
    """2-D convolution [N,H,W,C] → [N,H',W',features]; see `convolutions.conv`."""

    features: int
    size: int
    stride: int = 1
    padding: int = 0
    use_bias: bool = True
    gain: float = 1.0
    dtype: Dtype = jnp.float32
    lowering: convolutions.Lowering = "auto"

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        kept = at_least_float32(self.dtype)
        shape = (self.size, self.size, x.shape[-1], self.features)
        kernel = self.param("kernel", kernel_init(self.gain), shape, kept)
        y = convolutions.conv(
            x.astype(self.dtype),
            kernel.astype(self.dtype),
            stride=self.stride,
            padding=self.padding,
            lowering=self.lowering,
        )
        return _add_bias(self, y) if self.use_bias else y


class ConvTranspose(nn.Module):
    """Transposed convolution [N,H,W,C] → [N,2H,2W,features], kernel 4, stride 2, padding 1."""

    features: int
    gain: float = 1.0
    dtype: Dtype = jnp.float32
    lowering: convolutions.Lowering = "auto"

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        # A quarter of the taps meets each output pixel, so the fan-in is 4·C and not 16·C.
        init = kernel_init(4 * self.gain)
        shape = (4, 4, x.shape[-1], self.features)
        kernel = self.param("kernel", init, shape, at_least_float32(self.dtype))
        return convolutions.conv_transpose(
            x.astype(self.dtype), kernel.astype(self.dtype), lowering=self.lowering
        )


class ConvTime(nn.Module):
    """Convolution over time and space [N,T,H,W,C] → [N,T−τ+1,H/s,W/s,features]."""

    features: int
    taps: int
    size: int
    gain: float = 1.0
    dtype: Dtype = jnp.float32
    lowering: convolutions.Lowering = "auto"

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        shape = (self.taps, self.size, self.size, x.shape[-1], self.features)
        kernel = self.param("kernel", kernel_init(self.gain), shape, at_least_float32(self.dtype))
        y = convolutions.conv_time(
            x.astype(self.dtype), kernel.astype(self.dtype), lowering=self.lowering
        )
        return _add_bias(self, y)


def dense(
    features: int,
    gain: float,
    dtype: Dtype = jnp.float32,
    *,
    name: str,
    use_bias: bool = True,
    precision: lax.Precision | None = None,
) -> nn.Dense:
    """Affine map of the last axis, its kernel of variance gain / fan-in.

    precision: `EXACT`, or None for what JAX does by default.
    """
    return nn.Dense(
        features,
        use_bias=use_bias,
        dtype=dtype,
        param_dtype=at_least_float32(dtype),
        kernel_init=kernel_init(gain),
        precision=precision,
        name=name,
    )


def batch_norm(
    x: jax.Array,
    dtype: Dtype = jnp.float32,
    *,
    train: bool,
    use_bias: bool = True,
    name: str = "norm",
) -> jax.Array:
    """Batch normalisation of x over all axes but the last, computed in at least float32.

    Momentum 0.9 (new = 0.9·old + 0.1·batch) and ε = 1e-5; running statistics in 'batch_stats'. The
    variance is of two passes: of one, frames that hardly vary come out below zero.
    """
    kept = at_least_float32(dtype)
    norm = nn.BatchNorm(
        use_running_average=not train,
        momentum=MOMENTUM,
        epsilon=EPSILON,
        dtype=kept,
        param_dtype=kept,
        use_fast_variance=False,
        use_bias=use_bias,
        axis_name=split_batch.axis(),
        name=name,
    )
    return norm(x.astype(kept)).astype(dtype)


class NormOf(nn.Module):
    """What `batch_norm` makes of numbers [..., features] of a map whose statistics are given.

    Its variables are those of `batch_norm`. In float32. Statistics are of this device's part where
    a batch is split.
    """

    features: int

    def setup(self) -> None:
        """Makes the variables."""
        size = (self.features,)
        self.scale = self.param("scale", nn.initializers.ones, size)
        self.shift = self.param("bias", nn.initializers.zeros, size)
        self.kept_mean = self.variable("batch_stats", "mean", jnp.zeros, size)
        self.kept_var = self.variable("batch_stats", "var", jnp.ones, size)

    def __call__(self, x: jax.Array, mean: jax.Array, var: jax.Array, *, train: bool) -> jax.Array:
        if not train:
            mean, var = self.kept_mean.value, self.kept_var.value
        else:
            mean, var = split_batch.moments(mean, var)
        if train and not self.is_initializing():
            for kept, new in ((self.kept_mean, mean), (self.kept_var, var)):
                kept.value = MOMENTUM * kept.value + (1 - MOMENTUM) * new
        scale = lax.rsqrt(var + EPSILON) * self.scale
        mean, scale, shift = (
            v.reshape((1,) * (x.ndim - 1) + (-1,)) for v in (mean, scale, self.shift)
        )
        return (x - mean) * scale + shift


def layer_norm(x: jax.Array, dtype: Dtype = jnp.float32, *, name: str) -> jax.Array:
    """Layer normalisation of the last axis of x, computed in at least float32; ε = 1e-6."""
    kept = at_least_float32(dtype)
    norm = nn.LayerNorm(dtype=kept, param_dtype=kept, name=name)
    return norm(x.astype(kept)).astype(dtype)


class ConvNorm(nn.Module):
    """Convolution without bias, batch norm, leaky ReLU; padding (size−1)//2, as in FlowNet-C."""

    features: int
    size: int
    stride: int = 1
    dtype: Dtype = jnp.float32
    lowering: convolutions.Lowering = "auto"

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool) -> jax.Array:
        x = Conv(
            self.features,
            self.size,
            self.stride,
            (self.size - 1) // 2,
            use_bias=False,
            dtype=self.dtype,
            lowering=self.lowering,
            name="conv",
        )(x)
        return nn.leaky_relu(batch_norm(x, self.dtype, train=train), SLOPE)


def dropout(
    module: nn.Module, x: jax.Array, rate: jax.Array | float, *, whole_maps: bool = False
) -> jax.Array:
    """Zeroes entries of x with probability `rate` and scales the rest by 1/(1−rate).

    whole_maps: of x [N,H,W,C], each map [H,W] is zeroed or kept as one.
    The rate may be traced, which `nn.Dropout` refuses; at 0 the result is x exactly. Draws from the
    stream 'dropout' of `module`. The rows of x are those of the batch, in its order.
    """
    rate = jnp.asarray(rate, jnp.float32)
    shape = (x.shape[0], 1, 1, x.shape[3]) if whole_maps else x.shape
    keep = split_batch.uniform(module.make_rng("dropout"), shape, rate.dtype) >= rate
    return jnp.where(keep, x / (1 - rate).astype(x.dtype), jnp.zeros_like(x))


def _add_bias(module: nn.Module, y: jax.Array) -> jax.Array:
    bias = module.param("bias", nn.initializers.zeros, (y.shape[-1],), at_least_float32(y.dtype))
    return y + bias.astype(y.dtype).reshape((1,) * (y.ndim - 1) + (-1,))
