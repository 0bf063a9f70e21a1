"""STSTNet behind the contract of a network."""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array
from ml_collections import ConfigDict

from mol_jax.data.clips import Batch
from mol_jax.networks import classification
from mol_jax.networks.network import Facts, Network, Predicted, Scalars
from mol_jax.networks.normalise import normalise
from mol_jax.networks.ststnet.module import Ststnet, StstnetOutputs
from mol_jax.settings.kind import Shape

# The authors' images are of 8 bits. absmax and fixed are scaled as minmax is, so that runs that
# differ in model.normalise differ in nothing else. paper: has minmax alone.
GREY = 255.0


@dataclasses.dataclass(frozen=True)
class StstnetNetwork(Network):
    """STSTNet and its loss. normalise, mean: of model. auxiliary: of loss."""

    module: Ststnet
    normalise: str = "minmax"
    mean: str = "image"
    auxiliary: str = "none"

    @property
    def arguments(self) -> tuple[str, ...]:
        """Returns the rate that the module takes."""
        return ("dropout",)

    def inputs(self, batch: Batch, facts: Facts) -> Array:
        """Returns images [B,28,28,3] of up to 255, less the mean of the training rows if asked."""
        images = self._images(batch)
        return images if facts.own is None else images - facts.own[None]

    def losses(
        self, outputs: StstnetOutputs, batch: Batch, scalars: Scalars, facts: Facts
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

    def predict(self, outputs: StstnetOutputs, batch: Batch, facts: Facts) -> Predicted:
        """Returns probabilities."""
        return Predicted(jax.nn.softmax(outputs.logits))

    def facts(self, batch: Batch, valid: Array) -> Array | None:
        """Returns the mean image [28,28,3] of the training rows; None where none is taken away."""
        if self.mean == "none":
            return None
        kept = jnp.where(valid[:, None, None, None], self._images(batch), 0.0)
        return kept.sum(0) / valid.sum().astype(kept.dtype)

    def _images(self, batch: Batch) -> Array:
        return GREY * normalise(batch.inputs["flow_image_28"], self.normalise)


def build(config: ConfigDict, shape: Shape) -> StstnetNetwork:
    """Returns the network of a checked config."""
    model = config.model
    sizes: dict[str, Any] = {"num_classes": shape.num_classes, "lowering": shape.lowering}
    module = Ststnet(**sizes)
    return StstnetNetwork(module, model.normalise, model.mean, config.loss.auxiliary)
