"""Dual-Inception behind the contract of a network."""

import dataclasses

import jax
from jax import Array
from ml_collections import ConfigDict

from mol_jax.data.clips import Batch
from mol_jax.networks import classification
from mol_jax.networks.dual_inception.module import DualInception, DualInceptionOutputs
from mol_jax.networks.network import Facts, Network, Predicted, Scalars
from mol_jax.networks.normalise import normalise
from mol_jax.settings.kind import Shape


@dataclasses.dataclass(frozen=True)
class DualInceptionNetwork(Network):
    """Dual-Inception and its loss. normalise: of model. auxiliary: of loss."""

    module: DualInception
    normalise: str = "minmax"
    auxiliary: str = "none"

    def inputs(self, batch: Batch, facts: Facts) -> Array:
        """Returns u and v as images [B,28,28,2]; the strain is left out."""
        del facts
        return normalise(batch.inputs["flow_image_28"], self.normalise)[..., :2]

    def losses(
        self, outputs: DualInceptionOutputs, batch: Batch, scalars: Scalars, facts: Facts
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

    def predict(self, outputs: DualInceptionOutputs, batch: Batch, facts: Facts) -> Predicted:
        """Returns probabilities."""
        return Predicted(jax.nn.softmax(outputs.logits))


def build(config: ConfigDict, shape: Shape) -> DualInceptionNetwork:
    """Returns the network of a checked config."""
    model = config.model
    module = DualInception(
        num_classes=shape.num_classes, hidden=model.hidden, lowering=shape.lowering
    )
    return DualInceptionNetwork(module, model.normalise, config.loss.auxiliary)
