"""A classifier of a clip's flow image, behind the contract of a network."""

import dataclasses

import jax.numpy as jnp
from jax import Array

from mol_jax.data.clips import Batch
from mol_jax.networks.classifier import Classifier
from mol_jax.networks.network import Facts
from mol_jax.networks.normalise import normalise


@dataclasses.dataclass(frozen=True)
class FlowClassifier(Classifier):
    """A classifier of flow images.

    recipe: of the image, as "flow_image_28". channels: how many of u, v and strain are seen, in
    this order. normalise: of model. arguments: what the module takes of the scalars.
    """

    recipe: str
    channels: int = 3
    normalise: str = "minmax"
    arguments: tuple[str, ...] = ("dropout",)

    def inputs(self, batch: Batch, facts: Facts) -> Array:
        """Returns images [B,H,W,channels], each clip's normalised by itself."""
        del facts
        return self.images(batch)

    def images(self, batch: Batch) -> Array:
        """Returns flow in the range that is asked for; a grey image stands in every channel."""
        image = batch.inputs[self.recipe]
        if image.ndim == 3:
            return jnp.repeat(image[..., None], self.channels, axis=-1)
        return normalise(image, self.normalise)[..., : self.channels]
