"""Any network with a head beside its classes that tells nine action units of its embedding.

What is learned of the units helps where clips are few: they are coded of what moves, and not of
what somebody felt. Clips that were not coded, as all of SMIC, teach the head nothing.

Shapes: B clips, K = 9 units.
"""

import dataclasses
from typing import Any

import chex
import flax.struct
import jax
import jax.numpy as jnp
from flax import linen as nn
from jax import Array

from mol_jax.data.action_units import UNITS
from mol_jax.data.clips import Batch
from mol_jax.networks.classification import times, wide
from mol_jax.networks.layers import EXACT
from mol_jax.networks.network import Facts, Network, Predicted, Scalars
from mol_jax.networks.shallow import dense
from mol_jax.networks.wrapped import Wrapped, WrappedModule
from mol_jax.scoring.measure import Measure

TASK = "action_units"
HEAD = "au_head"  # of its parameters, which no network calls its own so
# Of each unit, clips that show it and were told to (hit) or not to (miss), and clips that do not
# show it and were told to (false). coded: clips that were coded at all.
COUNTED = ("hit", "miss", "false")
MEASURES = (
    Measure("au_coded", TASK, "%", "videos", share=True),
    *(Measure(f"au{u}_{c}", TASK, "%", "videos", share=True) for u in UNITS for c in COUNTED),
)


@flax.struct.dataclass
class Headed:
    """own: what the network makes of clips. units: [B,K], logits."""

    own: Any
    units: Array


class HeadedModule(WrappedModule):
    """A module whose outputs have an embedding [B,d], and a dense layer from it to K logits."""

    @nn.compact
    def __call__(self, inputs: Any, *, train: bool, **arguments: Array) -> Headed:
        own = self.inner(inputs, train=train, **arguments)
        x = wide(own.embedding)
        layer = dense(len(UNITS), x.shape[-1], precision=EXACT, name=HEAD)
        return Headed(own, layer(x))


@dataclasses.dataclass(frozen=True)
class HeadedNetwork(Wrapped):
    """A network and its head."""

    module: HeadedModule

    @property
    def beside(self) -> tuple[str, ...]:
        """Returns the name of the head."""
        return (HEAD,)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Returns those of the network, and the units'."""
        return (*self.own.measures, *MEASURES)

    def losses(
        self, outputs: Headed, batch: Batch, scalars: Scalars, facts: Facts
    ) -> dict[str, Array]:
        """Returns the network's terms, and the units'."""
        loss = cross_entropy(outputs.units, batch.inputs["aus"], batch.inputs["has_aus"])
        terms = super().losses(outputs, batch, scalars, facts)
        return {**terms, "au": times(scalars["au_weight"], loss)}

    def predict(self, outputs: Headed, batch: Batch, facts: Facts) -> Predicted:
        """Returns what the network predicts, and how many units are told right and wrong."""
        found = super().predict(outputs, batch, facts)
        units = counts(outputs.units, batch.inputs["aus"], batch.inputs["has_aus"])
        return dataclasses.replace(found, measures={**found.measures, **units})


def with_head(network: Network) -> HeadedNetwork:
    """Returns a network with a head for action units."""
    return HeadedNetwork(HeadedModule(network), network)


def cross_entropy(logits: Array, shown: Array, coded: Array) -> Array:
    """Returns the mean over units of the cross entropy of each with yes or no, [B].

    0 where a clip was not coded. logits: [B,K]. shown: bool [B,K]. coded: bool [B].
    """
    chex.assert_equal_shape([logits, shown])
    right = jnp.where(shown, logits, -logits)
    return jnp.where(coded, -jax.nn.log_sigmoid(right).mean(axis=-1), 0.0)


def counts(logits: Array, shown: Array, coded: Array) -> dict[str, Array]:
    """Returns `MEASURES` of each clip, int32 [B], 1 or 0; all 0 where it was not coded."""
    told = logits > 0
    each = {"hit": shown & told, "miss": shown & ~told, "false": ~shown & told}
    found = {"au_coded": coded.astype(jnp.int32)}
    for place, unit in enumerate(UNITS):
        for name in COUNTED:
            found[f"au{unit}_{name}"] = (each[name][:, place] & coded).astype(jnp.int32)
    return found
