"""A network with MOL's fields, tasks, losses and measures that compiles in a second, not ten.

What the trainer does with a network does not depend on which it is. So tests of the trainer take
this one (`tiny.STAND_IN`); networks/test_every.py asks the same of each network of the package.
"""

import dataclasses

import jax
import jax.numpy as jnp
from flax import linen as nn

from mol_jax import settings
from mol_jax.networks import convolutions, layers
from mol_jax.networks.mol import kind
from mol_jax.networks.mol.mol import MolOutputs, Task
from mol_jax.networks.mol.network import MolNetwork

POOLED = 16  # px of a frame become one


class Points(nn.Module):
    """Features [...,K] → landmarks [...,68,2], with parameters where MOL has them."""

    dtype: layers.Dtype

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        points = layers.dense(136, 0.1, self.dtype, name="points")(x)
        return points.reshape(*x.shape[:-1], 68, 2)


class StandIn(nn.Module):
    """Frames [B,t,H,W] → what MOL predicts: a convolution, batch norm, dropout, a layer for each.

    Its flow is a sum of the two frames' grey levels and a bias, pixel by pixel.
    """

    num_classes: int
    width: int
    tasks: tuple[Task, ...]
    dtype: layers.Dtype
    lowering: convolutions.Lowering

    @nn.compact
    def __call__(self, frames: jax.Array, *, train: bool, dropout: jax.Array) -> MolOutputs:
        b, t, h, w = frames.shape
        x = frames.reshape(b * t, h // POOLED, POOLED, w // POOLED, POOLED).mean((2, 4))[..., None]
        x = layers.Conv(
            2, 3, padding=1, use_bias=False, dtype=self.dtype, lowering=self.lowering, name="conv"
        )(x)
        x = nn.relu(layers.batch_norm(x, self.dtype, train=train))
        x = x.reshape(b, t, -1)
        logits = flow = points = embedding = None
        if "mer" in self.tasks:
            embedding = layers.dense(self.width, 1.0, self.dtype, name="hidden")(x.reshape(b, -1))
            if train:
                embedding = layers.dropout(self, embedding, dropout)
            logits = layers.dense(self.num_classes, 1.0, self.dtype, name="classes")(embedding)
        if "flow" in self.tasks:
            pairs = jnp.stack([frames[:, :-1], frames[:, 1:]], axis=-1)
            flow = layers.dense(2, 0.1, self.dtype, name="flow_head")(pairs)
        if "landmarks" in self.tasks:
            points = Points(self.dtype, name="landmark_head")(x[:, 1:])
        return MolOutputs(logits, flow, points, embedding)


def _build(config, shape):
    model = config.model
    module = StandIn(
        shape.num_classes,
        model.width,
        settings.tasks(config),
        jnp.dtype(model.dtype),
        shape.lowering,
    )
    return MolNetwork(module, config.loss.auxiliary, model.landmark_start)


KIND = dataclasses.replace(kind.KIND, build=_build)
