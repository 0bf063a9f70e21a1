"""MOL: micro-expression, optical flow and landmarks from one transformer-graph backbone (Fig 2)."""

from typing import Literal

import chex
import jax
import jax.numpy as jnp
from flax import linen as nn
from flax import struct

from mol_jax.networks.convolutions import Lowering
from mol_jax.networks.layers import Conv, Dtype, scaled
from mol_jax.networks.mol.f5c import F5C, Edge, FccVariant, Graph
from mol_jax.networks.mol.flow_head import FlowHead
from mol_jax.networks.mol.landmark_head import LandmarkHead
from mol_jax.networks.mol.mer_head import Fusion, MerHead, fuse
from mol_jax.networks.mol.pairs import Pairs

Task = Literal["mer", "flow", "landmarks"]
Sharing = Literal["shared", "per_frame"]


@struct.dataclass
class MolOutputs:
    """What `Mol` predicts, each at least float32; None where its task is off."""

    logits: jax.Array | None  # [B, num_classes]
    flow: jax.Array | None  # [B, t−1, H, W, 2] pixels, u right and v down
    landmarks: jax.Array | None  # [B, t−1, 68, 2] pixels, (x, y), of frames 1..t−1
    embedding: jax.Array | None = None  # [B, 256·mer_width], what the logits are made of


class ConvStack(nn.Module):
    """Table I: frames [N,H,W,1] → features [N,H/8,W/8,width], no activation between its layers."""

    width: int = 128
    dtype: Dtype = jnp.float32
    lowering: Lowering = "auto"

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        chex.assert_shape(x, (None, None, None, 1))
        rows = ((1 / 16, 4, 2, 0), (1 / 4, 3, 2, 0), (1 / 2, 2, 2, 1), (1, 1, 1, 0))
        for i, (share, size, stride, padding) in enumerate(rows):
            features = scaled(self.width, share)
            layer = Conv(
                features,
                size,
                stride,
                padding,
                dtype=self.dtype,
                lowering=self.lowering,
                name=f"conv{i + 1}",
            )
            x = layer(x)
        return x


class Mol(nn.Module):
    """The joint network. See `__call__`."""

    num_classes: int
    frames: int = 8
    crop: int = 128
    width: int = 128
    num_f5c: int = 1
    neighbours: int = 4
    fcc: FccVariant = "both"
    ccc: bool = True
    graph: Graph = "channels"
    edge: Edge = "once"
    f5c: Sharing = "shared"
    fusion: Fusion = "concat"
    flow_width: float = 1.0
    landmark_width: float = 1.0
    mer_width: float = 1.0
    tasks: tuple[Task, ...] = ("mer", "flow", "landmarks")
    dtype: Dtype = jnp.float32
    lowering: Lowering = "auto"

    @nn.compact
    def __call__(self, frames: jax.Array, *, train: bool, dropout: jax.Array | float) -> MolOutputs:
        """Frames [B,t,H,W] in [−1,1] → `MolOutputs`.

        Args:
            train: batch norm by the batch's statistics, dropout on (rng stream 'dropout').
            dropout: rate, may be traced.

        A task not in `tasks` has no parameters and is not computed. Backbone features are computed
        once per frame and shared by the pairs the frame belongs to, unless `f5c` is 'per_frame':
        then the first and the second frame of a pair go through blocks of their own.
        """
        chex.assert_shape(frames, (None, self.frames, self.crop, self.crop))
        b, t = frames.shape[:2]
        assert self.crop % 64 == 0, self.crop
        assert self.tasks and set(self.tasks) <= {"mer", "flow", "landmarks"}, self.tasks
        x = frames.astype(self.dtype).reshape(b * t, self.crop, self.crop, 1)
        x = ConvStack(self.width, self.dtype, self.lowering, name="conv_stack")(x)
        features = self._features(x, t, train)
        mer = "mer" in self.tasks
        logits, embedding = self._mer(features, train, dropout) if mer else (None, None)
        return MolOutputs(
            logits=logits,
            embedding=embedding,
            flow=self._flow(frames, features, train) if "flow" in self.tasks else None,
            landmarks=self._landmarks(features) if "landmarks" in self.tasks else None,
        )

    def _features(self, x: jax.Array, t: int, train: bool) -> Pairs:
        """The conv stack's maps of all frames [B·t,h,w,C] → what the heads read."""
        shape = x.shape[1:]
        if self.f5c == "shared":
            x = self._blocks("f5c", x, train).reshape(-1, t, *shape)
            return Pairs(x, x, t - 1)
        x = x.reshape(-1, t, *shape)
        first, second = (
            self._blocks(f"f5c_{name}", part.reshape(-1, *shape), train)
            for name, part in (("first", x[:, :-1]), ("second", x[:, 1:]))
        )
        shape = (-1, t - 1, *shape)
        return Pairs(first.reshape(shape), second.reshape(shape), t - 1)

    def _blocks(self, name: str, x: jax.Array, train: bool) -> jax.Array:
        for i in range(self.num_f5c):
            block = F5C(
                self.fcc,
                self.ccc,
                self.neighbours,
                self.graph,
                self.edge,
                self.dtype,
                name=f"{name}_{i}",
            )
            x = block(x, train=train)
        return x

    def _mer(
        self, features: Pairs, train: bool, dropout: jax.Array | float
    ) -> tuple[jax.Array, jax.Array]:
        head = MerHead(self.num_classes, self.mer_width, self.dtype, self.lowering, name="mer_head")
        return head(fuse(features, self.fusion), train=train, dropout_rate=dropout)

    def _flow(self, frames: jax.Array, features: Pairs, train: bool) -> jax.Array:
        head = FlowHead(self.flow_width, self.dtype, self.lowering, name="flow_head")
        return head(frames, features, train=train)

    def _landmarks(self, features: Pairs) -> jax.Array:
        """Of the second frame of each pair: l̂_{k+1} is read from F_{k+1} (Sec 3.3.3, Eq 8)."""
        head = LandmarkHead(self.landmark_width, self.dtype, self.lowering, name="landmark_head")
        second = features.second
        b, pairs, *shape = second.shape
        return head(second.reshape(b * pairs, *shape)).reshape(b, pairs, -1, 2)
