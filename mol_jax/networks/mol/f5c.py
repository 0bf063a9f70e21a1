"""F5C: fully-connected convolution and channel correspondence convolution (Sec 3.2).

Shapes: N maps, H and W their size, C channels, k neighbours.
"""

import functools
from typing import Literal

import chex
import jax
import jax.numpy as jnp
from flax import linen as nn
from jax import lax

from mol_jax.networks.layers import EXACT, Conv, Dtype, at_least_float32, batch_norm
from mol_jax.networks.mol.transformer import POSITION_STD, Transformer

FccVariant = Literal["both", "vertical", "horizontal", "halves", "transformer", "none"]
Graph = Literal["channels", "spatial"]
Edge = Literal["once", "twice"]


class FullAxis(nn.Module):
    """FCC-V (axis 1) or FCC-H (axis 2): a depthwise circular correlation over a whole axis.

    X ← X + P and Y[c,i,j] = Σ_s U[c,s] · X[c,(i+s) mod H, j], Eqs 1–3; maps [N,H,W,C] → same.
    `norm` puts a batch norm between the two, `bias` adds a number a channel after them: neither is
    the paper's (see `HalfFCC`).
    """

    axis: Literal[1, 2]
    dtype: Dtype = jnp.float32
    norm: bool = False
    bias: bool = False

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool = False) -> jax.Array:
        chex.assert_rank(x, 4)
        shape = (x.shape[-1], x.shape[self.axis])
        kept = at_least_float32(self.dtype)
        init = nn.initializers.normal
        position = self.param("position", init(POSITION_STD), shape, kept).astype(self.dtype)
        weights = self.param("weights", init(shape[1] ** -0.5), shape, kept).astype(self.dtype)
        x = x.astype(self.dtype) + jnp.expand_dims(position.T, (0, 3 - self.axis))
        if self.norm:
            x = batch_norm(x, self.dtype, train=train)
        contraction = {1: "cir,nrwc->niwc", 2: "cir,nhrc->nhic"}[self.axis]
        y = jnp.einsum(contraction, circulant(weights), x)
        if self.bias:
            bias = self.param("bias", nn.initializers.zeros, shape[:1], kept).astype(self.dtype)
            y = y + bias[None, None, None]
        return y


def circulant(weights: jax.Array) -> jax.Array:
    """[C,H] → [C,H,H], row i being the weights rolled by i: out[c,i,r] = weights[c,(r−i) mod H].

    Whole numbers to roll by make each row two slices; a traced one would make it a gather, whose
    gradient is a scatter.
    """
    chex.assert_rank(weights, 2)
    return jnp.stack([jnp.roll(weights, i, axis=1) for i in range(weights.shape[1])], axis=1)


class FCC(nn.Module):
    """Fully-connected convolution (Fig 3): maps [N,H,W,C] → same.

    `variant` 'both' runs FCC-V then FCC-H beside FCC-H then FCC-V and merges them with a 1×1
    convolution; 'vertical' and 'horizontal' are the one operation alone (Table XI).
    """

    variant: Literal["both", "vertical", "horizontal"] = "both"
    dtype: Dtype = jnp.float32

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        chex.assert_rank(x, 4)
        channels = x.shape[-1]
        x = Conv(channels, 1, dtype=self.dtype, name="expand")(x)
        if self.variant == "both":
            first = FullAxis(2, self.dtype, name="vh_h")(FullAxis(1, self.dtype, name="vh_v")(x))
            second = FullAxis(1, self.dtype, name="hv_v")(FullAxis(2, self.dtype, name="hv_h")(x))
            x = jnp.concatenate([first, second], axis=-1)
        else:
            x = FullAxis(1 if self.variant == "vertical" else 2, self.dtype, name="axis")(x)
        return Conv(channels, 1, dtype=self.dtype, name="merge")(x)


class HalfFCC(nn.Module):
    """The FCC of the authors' release (modules/FCC.py): maps [N,H,W,C] → same, C even.

    FCC-V then FCC-H on the first half of the channels, FCC-H then FCC-V on the second, each with a
    bias, a batch norm in the first of the two, and no 1×1 convolution.
    """

    dtype: Dtype = jnp.float32

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool) -> jax.Array:
        chex.assert_rank(x, 4)

        def full(axis: Literal[1, 2], name: str, x: jax.Array, *, norm: bool = False) -> jax.Array:
            layer = FullAxis(axis, self.dtype, norm=norm, bias=True, name=name)
            return layer(x, train=train)

        first, second = jnp.split(x, 2, axis=-1)
        first = full(2, "vh_h", full(1, "vh_v", first, norm=True))
        second = full(1, "hv_v", full(2, "hv_h", second, norm=True))
        return jnp.concatenate([first, second], axis=-1)


class CCC(nn.Module):
    """Channel correspondence convolution, Eqs 4–5: maps [N,H,W,C] → same.

    Each channel i is a vertex with features f_i ∈ R^{HW}, joined to its k channels of highest
    cosine similarity, itself included: f_out[i,s] = max_j ReLU(v1_s·f_i + v2_s·(f_j − f_i)).
    ReLU is monotone and only v2_s·f_j depends on j, so this is two dense products and one maximum.

    graph: 'spatial' is the authors' release (modules/CCC.py): the HW positions are the vertices,
    and f_j is channel i with every position replaced by its j-th nearest; b_s is added inside the
    ReLU, and no 1×1 convolution follows. edge: 'twice' subtracts f_i from f_j twice, as there.
    """

    neighbours: int = 4
    graph: Graph = "channels"
    edge: Edge = "once"
    dtype: Dtype = jnp.float32

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        chex.assert_rank(x, 4)
        n, height, width, channels = x.shape
        area, kept = height * width, at_least_float32(self.dtype)
        v1 = self.param("v1", _row_init, (area, area), kept).astype(self.dtype)
        v2 = self.param("v2", _row_init, (area, area), kept).astype(self.dtype)
        f = x.astype(self.dtype).reshape(n, area, channels).swapaxes(1, 2)  # [N,C,HW]
        own = f @ (v1 - v2 if self.edge == "once" else v1 - 2 * v2).T
        if self.graph == "channels":
            edges = _select(f @ v2.T, nearest(f, self.neighbours))
        else:
            positions = f.swapaxes(1, 2)
            moved = _select(positions, nearest(positions, self.neighbours))  # [N,HW,k,C]
            edges = jnp.einsum("npjc,sp->ncjs", moved, v2)
            bias = self.param("bias", nn.initializers.zeros, (area,), kept).astype(self.dtype)
            own = own + bias[None, None]
        # Not edges.max, whose gradient may be 0/0: see `max_pool` in mer_head.py.
        largest = functools.reduce(jnp.maximum, (edges[:, :, j] for j in range(edges.shape[2])))
        out = nn.relu(own + largest)
        out = out.swapaxes(1, 2).reshape(n, height, width, channels)
        if self.graph == "spatial":
            return out
        return Conv(channels, 1, dtype=self.dtype, name="merge")(out)


def nearest(f: jax.Array, neighbours: int) -> jax.Array:
    """Indices [N,C,k] of each channel's k most similar channels by cosine, itself first of them.

    f [N,C,HW], k ≤ C. Computed in at least float32 and without gradient through the choice. The
    vertices may be others than channels.
    """
    chex.assert_rank(f, 3)
    assert neighbours <= f.shape[1], f"{neighbours} neighbours among {f.shape[1]} channels"
    f = lax.stop_gradient(f).astype(at_least_float32(f.dtype))
    unit = f * lax.rsqrt(jnp.sum(f * f, axis=-1, keepdims=True) + 1e-12)
    similarity = jnp.einsum("nis,njs->nij", unit, unit, precision=EXACT)
    # A channel is its own nearest, also when it is zero or has an equal.
    itself = 2 * jnp.eye(f.shape[1], dtype=f.dtype)[None]
    return lax.top_k(similarity + itself, neighbours)[1]


def _select(f: jax.Array, index: jax.Array) -> jax.Array:
    """f [N,C,S], index [N,C,k] → [N,C,k,S], row i,j being f[index[i,j]].

    As a product with one-hot rows: the gradient of a gather is a scatter, slow on CPU and not
    deterministic on GPU.
    """
    n, channels, neighbours = index.shape
    hot = jax.nn.one_hot(index.reshape(n, -1), channels, dtype=f.dtype)
    rows = jnp.einsum("nej,njs->nes", hot, f, precision=EXACT)
    return rows.reshape(n, channels, neighbours, -1)


def _row_init(key: jax.Array, shape: tuple[int, int], dtype: Dtype) -> jax.Array:
    return nn.initializers.normal(shape[1] ** -0.5)(key, shape, dtype)


class F5C(nn.Module):
    """One F5C block: x ← x + FCC(x), x ← x + CCC(x); maps [N,H,W,C] → same."""

    fcc: FccVariant = "both"
    ccc: bool = True
    neighbours: int = 4
    graph: Graph = "channels"
    edge: Edge = "once"
    dtype: Dtype = jnp.float32

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool = False) -> jax.Array:
        """train: whether the batch norm of 'halves' goes by the batch's statistics."""
        chex.assert_rank(x, 4)
        if self.fcc == "transformer":
            x = x + Transformer(self.dtype, name="fcc")(x)
        elif self.fcc == "halves":
            x = x + HalfFCC(self.dtype, name="fcc")(x, train=train)
        elif self.fcc != "none":
            x = x + FCC(self.fcc, self.dtype, name="fcc")(x)
        if self.ccc:
            ccc = CCC(self.neighbours, self.graph, self.edge, self.dtype, name="ccc")
            x = x + ccc(x)
        return x
