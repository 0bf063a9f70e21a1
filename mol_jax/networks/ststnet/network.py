"""STSTNet behind the contract of a network."""

import dataclasses

import jax.numpy as jnp
from jax import Array
from ml_collections import ConfigDict

from mol_jax.data.clips import Batch
from mol_jax.networks import image_input
from mol_jax.networks.flow_classifier import FlowClassifier
from mol_jax.networks.network import Facts
from mol_jax.networks.ststnet.kind import SIDE
from mol_jax.networks.ststnet.module import Ststnet
from mol_jax.settings.kind import Shape

# The authors' images are of 8 bits. absmax and fixed are scaled as minmax is, so that runs that
# differ in model.normalise differ in nothing else. paper: has minmax alone.
GREY = 255.0


@dataclasses.dataclass(frozen=True)
class StstnetNetwork(FlowClassifier):
    """STSTNet and its loss. mean: of model."""

    mean: str = "image"

    def inputs(self, batch: Batch, facts: Facts) -> Array:
        """Returns images [B,28,28,3] of up to 255, less the mean of the training rows if asked."""
        images = self._images(batch)
        return images if facts.own is None else images - facts.own[None]

    def facts(self, batch: Batch, valid: Array) -> Array | None:
        """Returns the mean image [28,28,3] of the training rows; None where none is taken away."""
        if self.mean == "none":
            return None
        kept = jnp.where(valid[:, None, None, None], self._images(batch), 0.0)
        return kept.sum(0) / valid.sum().astype(kept.dtype)

    def _images(self, batch: Batch) -> Array:
        return GREY * self.images(batch)


def build(config: ConfigDict, shape: Shape) -> StstnetNetwork:
    """Returns the network of a checked config."""
    model = config.model
    return StstnetNetwork(
        Ststnet(shape.num_classes, shape.lowering),
        image_input.recipe(config, SIDE),
        normalise=model.normalise,
        auxiliary=config.loss.auxiliary,
        mean=model.mean,
    )
