"""A head that is taught action units, as the settings see it: its field, for any kind of network.

Nothing here needs JAX.
"""

import dataclasses
from typing import TYPE_CHECKING

from ml_collections import ConfigDict

from mol_jax.settings.fields import Field
from mol_jax.settings.kind import Kind, Shape
from mol_jax.settings.rules import number

if TYPE_CHECKING:
    from mol_jax.networks.network import Network

INPUTS = ("aus", "has_aus")
# of the head's loss; 0: there is no head. No source: what helps depends on the clips
AU_WEIGHT = Field(number(0.0, 1e6), default=0.0, traced="au_weight", optional=True)


def with_au_head(kind: Kind) -> Kind:
    """Returns the kind with a field more, model.au_weight.

    Above 0 the clips' action units are read, and nine logits of the network's embedding are taught
    which are there (`mol_jax.networks.au_head.network`). At 0 the network is what it was. Its
    module's outputs must have an `embedding`.
    """

    without = kind.build
    assert without is not None, "what is fitted at once has no embedding"

    def reads(config: ConfigDict) -> tuple[str, ...]:
        asked = tuple(kind.reads(config))
        more = INPUTS if config.model.au_weight else ()
        return (*asked, *(name for name in more if name not in asked))

    def build(config: ConfigDict, shape: Shape) -> "Network":
        network = without(config, shape)
        if not config.model.au_weight:
            return network
        from mol_jax.networks.au_head.network import with_head  # noqa: PLC0415  needs JAX

        return with_head(network)

    fields = {**kind.fields, "au_weight": AU_WEIGHT}
    return dataclasses.replace(kind, fields=fields, reads=reads, build=build)
