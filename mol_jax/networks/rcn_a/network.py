"""RCN-A behind the contract of a network."""

import dataclasses

import jax
from jax import Array
from ml_collections import ConfigDict

from mol_jax.data.clips import Batch
from mol_jax.networks import classification
from mol_jax.networks.network import Facts, Network, Predicted, Scalars
from mol_jax.networks.normalise import normalise
from mol_jax.networks.rcn_a.module import RcnA, RcnAOutputs
from mol_jax.settings.kind import Shape


@dataclasses.dataclass(frozen=True)
class RcnANetwork(Network):
    """RCN-A and its loss. normalise: of model. auxiliary: of loss."""

    module: RcnA
    normalise: str = "minmax"
    auxiliary: str = "none"

    @property
    def arguments(self) -> tuple[str, ...]:
        """Returns the rate that the module takes."""
        return ("dropout",)

    def inputs(self, batch: Batch, facts: Facts) -> Array:
        """Returns images [B,60,60,3] of u, v and strain."""
        del facts
        return normalise(batch.inputs["flow_image_60"], self.normalise)

    def losses(
        self, outputs: RcnAOutputs, batch: Batch, scalars: Scalars, facts: Facts
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

    def predict(self, outputs: RcnAOutputs, batch: Batch, facts: Facts) -> Predicted:
        """Returns probabilities."""
        return Predicted(jax.nn.softmax(outputs.logits))


def build(config: ConfigDict, shape: Shape) -> RcnANetwork:
    """Returns the network of a checked config."""
    model = config.model
    module = RcnA(
        num_classes=shape.num_classes,
        channels=model.channels,
        pool=model.pool,
        lowering=shape.lowering,
    )
    return RcnANetwork(module, model.normalise, config.loss.auxiliary)
