"""A network that tells a clip's class and nothing else, whatever it reads."""

import dataclasses

import jax
from jax import Array

from mol_jax.data.clips import Batch
from mol_jax.networks import classification
from mol_jax.networks.classification import Classified
from mol_jax.networks.network import Facts, Network, Predicted, Scalars


@dataclasses.dataclass(frozen=True)
class Classifier(Network):
    """A module that makes `Classified`, and its loss. auxiliary: of loss."""

    auxiliary: str = dataclasses.field(default="none", kw_only=True)

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
