"""A network that has something more beside another one, which is trained with it.

The variables of the network within keep their names, so that weights of the one are weights of the
other, and are drawn as without what is beside them.
"""

import abc
import dataclasses
from typing import Any

import jax
from flax import linen as nn
from jax import Array

from mol_jax.data.clips import Batch
from mol_jax.networks.network import Dense, Facts, Network, Params, Predicted, Scalars
from mol_jax.scoring.measure import Measure


class WrappedModule(nn.Module):
    """What calls the module of a network as `inner`, whose variables keep their names.

    network: whose module it is. A subclass is called as that module is.
    """

    network: Network

    def setup(self) -> None:
        """Makes the variables of the network's module this module's own."""
        setattr(self, self._within, self.network.module.clone())
        nn.share_scope(self, self.inner)

    @property
    def inner(self) -> nn.Module:
        """Returns the network's module."""
        return getattr(self, self._within)

    @property
    def _within(self) -> str:
        """Returns a name that is in no variable's; two that share a scope must have two."""
        return f"within_{type(self).__name__}"


@dataclasses.dataclass(frozen=True)
class Wrapped(Network):
    """It is to the trainer what the network within is, but for what a subclass adds.

    module: a `WrappedModule` of the network, whose outputs have what that one makes as `own`. own:
    the network within.
    """

    own: Network

    @property
    @abc.abstractmethod
    def beside(self) -> tuple[str, ...]:
        """The top-level names of the parameters that there are beside those of the network."""

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

    def rates(self, params: Params, rate: Array, scalars: Scalars) -> Any:
        """Returns the network's own rates, and the common one of what is beside it."""
        own, beside = self._apart(params)
        rates = self.own.rates(own, rate, scalars)
        return None if rates is None else rates | jax.tree.map(lambda _: rate, beside)

    def start(self, params: Params, facts: Facts) -> Params:
        """Returns the parameters that the network starts from, and those beside it as they are."""
        own, beside = self._apart(params)
        return self.own.start(own, facts) | beside

    def _apart(self, params: Params) -> tuple[Params, Params]:
        """Returns the parameters of the network within, and those beside it."""
        return (
            {name: leaf for name, leaf in params.items() if name not in self.beside},
            {name: leaf for name, leaf in params.items() if name in self.beside},
        )
