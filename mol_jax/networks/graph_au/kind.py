"""GRAPH-AU as the settings see it: its fields with their sources. Nothing here needs JAX.

"paper" is Lei et al., "Micro-expression Recognition Based on Facial Graph Representation Learning
and Facial Action Unit Fusion" (2021), whose code for testing is public.
"""

from typing import TYPE_CHECKING

from ml_collections import ConfigDict

from mol_jax.networks.au_head.kind import with_au_head
from mol_jax.settings.fields import Field
from mol_jax.settings.kind import Kind, Shape
from mol_jax.settings.rules import integer, number

if TYPE_CHECKING:
    from mol_jax.networks.network import Network

FIELDS = {
    # of attention in each region, in a chain. Its code declares six, of which five reach nothing:
    # 380,050 parameters
    "layers": Field(integer(1, 24), default=1),
    # of both outputs of a layer and of each region's hidden numbers, a share (its code)
    "dropout": Field(number(0.0, 0.99), default=0.5, traced="dropout"),
    # of the weights of attention, a share (its code)
    "attention_dropout": Field(number(0.0, 0.99), default=0.1, traced="attention_dropout"),
}


def _reads(_: ConfigDict) -> tuple[str, ...]:
    return ("node_patches", "aus", "has_aus")


def _build(config: ConfigDict, shape: Shape) -> "Network":
    from mol_jax.networks.graph_au import network  # noqa: PLC0415  settings are read without JAX

    return network.build(config, shape)


KIND = with_au_head(Kind(fields=FIELDS, build=_build, reads=_reads))
