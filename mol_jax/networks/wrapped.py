"""A network that has something more beside another one, which is trained with it."""

import dataclasses
from typing import Any

from jax import Array

from mol_jax.data.clips import Batch
from mol_jax.networks.network import Dense, Facts, Network, Predicted, Scalars
from mol_jax.scoring.measure import Measure


@dataclasses.dataclass(frozen=True)
class Wrapped(Network):
    """It is to the trainer what the network within is, but for what a subclass adds.

    own: the network within. The outputs of the module have what that one makes as `own`. Where
    parameters start and at what rates they learn depends on where the module keeps those of the
    network, so a subclass says it.
    """

    own: Network

    @property
    def arguments(self) -> tuple[str, ...]:
        """Returns those of the network within."""
        return self.own.arguments

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Returns those of the network within."""
        return self.own.measures

    @property
    def dtype(self) -> str:
        """Returns that of the network within."""
        return self.own.dtype

    def inputs(self, batch: Batch, facts: Facts) -> Any:
        """Returns what the network within reads."""
        return self.own.inputs(batch, facts)

    def losses(
        self, outputs: Any, batch: Batch, scalars: Scalars, facts: Facts
    ) -> dict[str, Array]:
        """Returns the terms of the network within."""
        return self.own.losses(outputs.own, batch, scalars, facts)

    def predict(self, outputs: Any, batch: Batch, facts: Facts) -> Predicted:
        """Returns what the network within predicts."""
        return self.own.predict(outputs.own, batch, facts)

    def dense(self, outputs: Any) -> Dense:
        """Returns what the network within has of it."""
        return self.own.dense(outputs.own)

    def embedding(self, outputs: Any) -> Array | None:
        """Returns that of the network within."""
        return self.own.embedding(outputs.own)

    def facts(self, batch: Batch, valid: Array) -> Any:
        """Returns what the network within has to know of training rows."""
        return self.own.facts(batch, valid)
