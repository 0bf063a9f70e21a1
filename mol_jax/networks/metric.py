"""Any network with losses of its embedding beside its own: loss.center, loss.triplet, loss.cosface.

What the classes need for that, a centre or a direction each, are parameters beside the network's,
trained with them and unread when predicting. A network of which none is asked stays what it is.
"""

import dataclasses
from typing import Any

import chex
import flax.struct
from flax import linen as nn
from jax import Array
from ml_collections import ConfigDict

from mol_jax.data.clips import Batch
from mol_jax.errors import UserError
from mol_jax.networks import metric_losses
from mol_jax.networks.classification import times
from mol_jax.networks.network import Facts, Network, Scalars
from mol_jax.networks.wrapped import Wrapped, WrappedModule

TERMS = ("center", "triplet", "cosface")  # weights of config.loss, and names in history.csv
# Parameters, [n, d] each, beside those of the network, which calls none of its own so.
OF_CLASSES = {"center": "class_centres", "cosface": "class_directions"}


@flax.struct.dataclass
class Embedded:
    """own: what the network makes of clips. of_classes: by term, what is known of n classes, [n,d].

    embedding: [B,d].
    """

    own: Any
    embedding: Array
    of_classes: dict[str, Array]


class WithClasses(WrappedModule):
    """A network's module, and parameters of the classes.

    Centres start at 0, directions are drawn after all else.
    """

    terms: tuple[str, ...]
    num_classes: int

    @nn.compact
    def __call__(self, inputs: Any, *, train: bool, **arguments: Array) -> Embedded:
        """Returns what the network makes of its inputs, and what is known of the classes."""
        own = self.inner(inputs, train=train, **arguments)
        embedding = self.network.embedding(own)
        if embedding is None:
            raise UserError(
                f"loss.{self.terms[0]} is above 0, but the network returns no embedding; set it to "
                "0, or let `embedding` of the network return one."
            )
        chex.assert_rank(embedding, 2)
        init = {"center": nn.initializers.zeros, "cosface": nn.initializers.normal(0.01)}
        shape = (self.num_classes, embedding.shape[-1])
        of_classes = {
            term: self.param(OF_CLASSES[term], init[term], shape)
            for term in self.terms
            if term in OF_CLASSES
        }
        return Embedded(own, embedding, of_classes)


@dataclasses.dataclass(frozen=True)
class MetricNetwork(Wrapped):
    """A network and losses of its embedding. terms: of `TERMS`, which weigh more than 0."""

    module: WithClasses
    terms: tuple[str, ...]

    @property
    def beside(self) -> tuple[str, ...]:
        """Returns the names of what is known of the classes."""
        return tuple(OF_CLASSES.values())

    def losses(
        self, outputs: Embedded, batch: Batch, scalars: Scalars, facts: Facts
    ) -> dict[str, Array]:
        """Returns the terms of the network and those of its embedding."""
        terms = super().losses(outputs, batch, scalars, facts)
        z, label, classes = outputs.embedding, batch.label, outputs.of_classes
        more: dict[str, Array] = {}
        if "center" in self.terms:
            more["center"] = metric_losses.center(z, label, classes["center"])
        if "triplet" in self.terms:
            more["triplet"] = metric_losses.triplet(z, label, scalars["triplet_margin"])
        if "cosface" in self.terms:
            more["cosface"] = metric_losses.cosface(
                z,
                label,
                classes["cosface"],
                scale=scalars["cosface_scale"],
                margin=scalars["cosface_margin"],
            )
        return terms | {name: times(scalars[name], each) for name, each in more.items()}


def with_metric(network: Network, config: ConfigDict, num_classes: int) -> Network:
    """Returns the network with the losses of its embedding that a checked config asks for.

    Where all of them weigh 0 it is the network itself.
    """
    terms = tuple(term for term in TERMS if config.loss[term])
    if not terms:
        return network
    return MetricNetwork(WithClasses(network, terms, num_classes), network, terms)
