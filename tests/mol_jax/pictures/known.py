"""A network that reads one corner of the frames and nothing else, so that its maps are known."""

import dataclasses

import jax.numpy as jnp
from flax import linen as nn
from jax import Array

from mol_jax.networks.classification import Classified
from mol_jax.networks.classifier import Classifier

CORNER = 16  # px of 64: two by two cells of eight by eight


class CornerModule(nn.Module):
    """Frames [B,t,H,W] → logits (m, 0, −m), m the mean square of the second frame's corner."""

    @nn.compact
    def __call__(self, frames: Array, *, train: bool) -> Classified:
        del train
        scale = self.param("scale", nn.initializers.ones, ())
        mean = scale * (frames[:, 1, :CORNER, :CORNER] ** 2).mean((1, 2))
        logits = jnp.stack([mean, 0 * mean, -mean], axis=1)
        return Classified(logits, logits)


@dataclasses.dataclass(frozen=True)
class Corner(Classifier):
    """The module behind the contract."""

    module: CornerModule = dataclasses.field(default_factory=CornerModule)

    def inputs(self, batch, facts) -> Array:
        """Returns the frames."""
        return batch.frames
