"""The micro-expression head (Sec 3.3.1) and the ways of fusing a pair of frames (Table XII)."""

from typing import Literal, get_args

import chex
import jax
import jax.numpy as jnp
from flax import linen as nn
from jax import lax

from mol_jax.networks.convolutions import Lowering
from mol_jax.networks.layers import (
    EXACT,
    ConvTime,
    Dtype,
    at_least_float32,
    dense,
    dropout,
    scaled,
)
from mol_jax.networks.mol.pairs import Pairs

Fusion = Literal["concat", "concat_channels", "add", "subtract", "first", "last", "all"]


def fuse(features: Pairs, fusion: Fusion) -> jax.Array:
    """Features of the pairs' frames → what the head reads over time.

    'concat' puts the two frames of each pair one after the other: depth 2(t−1). 'concat_channels'
    stacks them in 2C channels and 'add', 'subtract' (second − first), 'first' and 'last' keep C:
    depth t−1. 'all' is every frame once: depth t.
    """
    assert fusion in get_args(Fusion), fusion
    if fusion == "all":
        return features.every
    first, second = features.first, features.second
    if fusion == "concat":
        b, pairs, *shape = first.shape
        return jnp.stack([first, second], axis=2).reshape(b, 2 * pairs, *shape)
    if fusion == "concat_channels":
        return jnp.concatenate([first, second], axis=-1)
    if fusion == "add":
        return first + second
    if fusion == "subtract":
        return second - first
    return {"first": first, "last": second}[fusion]


class MerHead(nn.Module):
    """Fused features [B,depth,h,w,C] → logits [B,num_classes] and what they are made of, the hidden
    layer [B,256·width] before its dropout; both at least float32.

    Convolution (time 5, 2, 2), max-pool 2×2×2, dropout, dense, ReLU, dropout, dense.
    paper: Sec 4.3.5 says two frames need no change of structure, but a kernel of 5 does not fit
    into a depth of 2: the kernel in time and the pool shrink to the depth there is. A last odd step
    after the convolution is a pooling block of its own, so that the last pair is read too.
    """

    num_classes: int
    width: float = 1.0
    dtype: Dtype = jnp.float32
    lowering: Lowering = "auto"

    @nn.compact
    def __call__(
        self, x: jax.Array, *, train: bool, dropout_rate: jax.Array | float
    ) -> tuple[jax.Array, jax.Array]:
        chex.assert_rank(x, 5)
        channels, hidden = scaled(32, self.width), scaled(256, self.width)
        taps = min(5, x.shape[1])
        conv = ConvTime(channels, taps, 2, dtype=self.dtype, lowering=self.lowering, name="conv")
        x = max_pool(conv(x))
        x = x.reshape(x.shape[0], -1)
        x = dropout(self, x, dropout_rate) if train else x
        embedding = nn.relu(dense(hidden, 2.0, self.dtype, name="hidden")(x))
        x = dropout(self, embedding, dropout_rate) if train else embedding
        kept = at_least_float32(self.dtype)
        logits = dense(self.num_classes, 1.0, kept, precision=EXACT, name="logits")(x)
        return logits, embedding.astype(kept)


def max_pool(x: jax.Array) -> jax.Array:
    """Maxima of 2×2×2 blocks [B,T,H,W,C] → [B,⌈T/2⌉,H/2,W/2,C]; H and W are even.

    A last odd step is a block of its own. Not x.max: its gradient is 0/0 where XLA computes x again
    and rounds it otherwise, as in bfloat16 it may (`mol_jax.networks.shallow.largest`).
    """
    if x.shape[1] % 2:
        x = jnp.concatenate([x, x[:, -1:]], axis=1)  # its maximum stays itself
    b, time, height, width, c = x.shape
    x = x.reshape(b, time // 2, 2, height // 2, 2, width // 2, 2, c)
    for axis in (6, 4, 2):
        x = jnp.maximum(*(lax.index_in_dim(x, i, axis, keepdims=False) for i in range(2)))
    return x
