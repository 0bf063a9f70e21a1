"""A classifier of a clip's flow image, behind the contract of a network."""

import dataclasses

import jax
import jax.numpy as jnp
from jax import Array

from mol_jax.data.clips import Batch
from mol_jax.networks import classification
from mol_jax.networks.classification import Classified
from mol_jax.networks.network import Facts, Network, Predicted, Scalars
from mol_jax.networks.normalise import normalise


@dataclasses.dataclass(frozen=True)
class FlowClassifier(Network):
    """A module that makes `Classified` of flow images, and its loss.

    recipe: of the image, as "flow_image_28". channels: how many of u, v and strain are seen, in
    this order. normalise: of model. auxiliary: of loss. arguments: what the module takes of the
    scalars.
    """

    recipe: str
    channels: int = 3
    normalise: str = "minmax"
    auxiliary: str = "none"
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

    def losses(
        self, outputs: Classified, batch: Batch, scalars: Scalars, facts: Facts
    ) -> dict[str, Array]:
        """Returns the cross entropy, and what else config.loss asks for."""
        return classification.terms(
            outputs.logits,
            batch.label,
            scalars,
            facts,
            embedding=outputs.embedding,
            auxiliary=self.auxiliary,
        )

    def predict(self, outputs: Classified, batch: Batch, facts: Facts) -> Predicted:
        """Returns probabilities."""
        return Predicted(jax.nn.softmax(outputs.logits))
