"""The flow head (Sec 3.3.2, Fig 4): FlowNet-C whose correlation also reads the F5C features.

Shapes: B clips, t frames, P = B(t−1) pairs, H and W the crop, C the width of the F5C features.
"""

import chex
import jax
import jax.numpy as jnp
from flax import linen as nn

from mol_jax.networks.convolutions import Lowering, conv
from mol_jax.networks.layers import (
    SLOPE,
    Conv,
    ConvNorm,
    ConvTranspose,
    Dtype,
    at_least_float32,
    batch_norm,
    kernel_init,
    scaled,
)
from mol_jax.networks.mol import correlation
from mol_jax.networks.mol.pairs import Pairs


class FlowHead(nn.Module):
    """Frames [B,t,H,W] and their F5C features [.,.,H/8,W/8,C] → flow [B,t−1,H,W,2].

    (u, v) in pixels, u to the right and v down: frame_{k+1}(x+u, y+v) ≈ frame_k(x, y). H and W are
    multiples of 64. The encoder runs once per frame, everything from the correlation on per pair.
    """

    width: float = 1.0
    dtype: Dtype = jnp.float32
    lowering: Lowering = "auto"

    @nn.compact
    def __call__(self, frames: jax.Array, features: Pairs, *, train: bool) -> jax.Array:
        chex.assert_rank(frames, 4)
        b, t, height, width = frames.shape
        chex.assert_shape(features.as_first, (b, None, height // 8, width // 8, None))
        assert features.count == t - 1, (features.count, t)
        grey = frames.astype(self.dtype).reshape(b * t, height, width, 1)
        conv1 = self._norm("conv1", grey, 64, 6, 2, train=train)
        conv2 = self._norm("conv2", conv1, 128, 4, 2, train=train)
        conv3 = self._norm("conv3", conv2, 256, 2, 2, train=train)
        maps = conv3.reshape(b, t, *conv3.shape[1:])
        conv3_1 = self._meet(_first(maps), _second(maps), features, train=train)
        conv4 = self._norm("conv4", conv3_1, 512, 3, 2, train=train)
        conv4_1 = self._norm("conv4_1", conv4, 512, 3, 1, train=train)
        conv5 = self._norm("conv5", conv4_1, 512, 3, 2, train=train)
        conv5_1 = self._norm("conv5_1", conv5, 512, 3, 1, train=train)
        conv6 = self._norm("conv6", conv5_1, 1024, 3, 2, train=train)
        conv6_1 = self._norm("conv6_1", conv6, 1024, 3, 1, train=train)
        skips = {"5": conv5_1, "4": conv4_1, "3": conv3_1}
        for level, x in {"2": conv2, "1": conv1, "0": grey}.items():
            skips[level] = _first(x.reshape(b, t, *x.shape[1:]))
        flow = self._decode(conv6_1, skips)
        return flow.astype(at_least_float32(self.dtype)).reshape(b, t - 1, height, width, 2)

    def _norm(
        self, name: str, x: jax.Array, features: int, size: int, stride: int, *, train: bool
    ) -> jax.Array:
        width = scaled(features, self.width)
        layer = ConvNorm(width, size, stride, self.dtype, self.lowering, name=name)
        return layer(x, train=train)

    def _meet(
        self, first: jax.Array, second: jax.Array, features: Pairs, *, train: bool
    ) -> jax.Array:
        """The two frames' maps and features → conv3_1 [P,H/8,W/8,256·width]."""
        redir = self._norm("redir", first, 32, 1, 1, train=train)
        cost = nn.leaky_relu(correlation.live_correlation(first, second), SLOPE)
        both = (features.first.astype(self.dtype), features.second.astype(self.dtype))
        x = jnp.concatenate([redir, cost, *map(_flat, both)], axis=-1)
        layer = CostConvNorm(
            scaled(256, self.width), redir.shape[-1], self.dtype, self.lowering, name="conv3_1"
        )
        return layer(x, train=train)

    def _decode(self, x: jax.Array, skips: dict[str, jax.Array]) -> jax.Array:
        """From the coarsest map to the crop: a flow at each level, upsampled to the next."""
        common = {"dtype": self.dtype, "lowering": self.lowering}
        for level, features in zip("543210", (512, 256, 128, 128, 64, 32), strict=True):
            flow = Conv(2, 3, 1, 1, use_bias=False, name=f"flow{int(level) + 1}", **common)(x)
            up = ConvTranspose(2, name=f"up{level}", **common)(flow)
            deconv = ConvTranspose(
                scaled(features, self.width), 2.0, name=f"deconv{level}", **common
            )
            x = jnp.concatenate([skips[level], nn.leaky_relu(deconv(x), SLOPE), up], axis=-1)
        # The last one starts small, so that training starts near zero flow.
        return Conv(2, 3, 1, 1, use_bias=False, gain=0.01, name="flow0", **common)(x)


class CostConvNorm(nn.Module):
    """conv3_1: a 3×3 `ConvNorm` over [redir, correlation, features] with 441 correlation channels.

    On a small map most displacements never meet a pixel. Their channels are zero, so the
    kernel keeps all 441 and the product leaves them out.
    """

    features: int
    redir: int
    dtype: Dtype = jnp.float32
    lowering: Lowering = "auto"

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool) -> jax.Array:
        chex.assert_rank(x, 4)
        (top, bottom), (left, right) = (correlation.live_steps(n) for n in x.shape[1:3])
        live = (bottom - top) * (right - left)
        inputs = x.shape[-1] - live + correlation.DISPLACEMENTS
        kept = at_least_float32(self.dtype)
        kernel = self.param("kernel", kernel_init(1.0), (3, 3, inputs, self.features), kept)
        side = 2 * correlation.REACH + 1
        before, cost, after = jnp.split(
            kernel, (self.redir, self.redir + correlation.DISPLACEMENTS), axis=2
        )
        cost = cost.reshape(3, 3, side, side, -1)[:, :, top:bottom, left:right]
        cost = cost.reshape(3, 3, live, self.features)
        kernel = jnp.concatenate([before, cost, after], axis=2).astype(self.dtype)
        x = conv(x, kernel, padding=1, lowering=self.lowering)
        return nn.leaky_relu(batch_norm(x, self.dtype, train=train), SLOPE)


def _first(x: jax.Array) -> jax.Array:
    """The first frame of each pair: [B,t,...] → [B(t−1),...]."""
    return _flat(x[:, :-1])


def _second(x: jax.Array) -> jax.Array:
    """The second frame of each pair: [B,t,...] → [B(t−1),...]."""
    return _flat(x[:, 1:])


def _flat(x: jax.Array) -> jax.Array:
    """[B,t−1,...] → [B(t−1),...]."""
    return x.reshape(-1, *x.shape[2:])
