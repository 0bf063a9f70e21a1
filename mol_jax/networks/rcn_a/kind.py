"""RCN-A as the settings see it: its fields with their sources. Nothing here needs JAX.

"paper" is Xia et al., "Revealing the Invisible with Model and Data Shrinking for Composite-database
Micro-expression Recognition" (2020).
"""

from typing import TYPE_CHECKING

from ml_collections import ConfigDict

from mol_jax.networks.au_head.kind import with_au_head
from mol_jax.settings.fields import Field
from mol_jax.settings.kind import Kind, Shape
from mol_jax.settings.rules import choice, integer, number

if TYPE_CHECKING:
    from mol_jax.networks.network import Network

RECIPE = "flow_image_60"
FIELDS = {
    # Of u, v and strain, each clip's by itself (mol_jax/networks/normalise.py). The authors' code
    # reads images of 8 bits over 255; absmax keeps where still is, fixed how large a motion was.
    "normalise": Field(choice("minmax", "absmax", "fixed"), default="minmax"),
    # of every hidden map (authors' script); paper: counts parameters of 32
    "channels": Field(integer(1, 1024), default=64),
    # places along each side of the map that the classes are made of (authors' script); paper:
    # counts parameters of 5, whose bins overlap. Of 1 the attention would be 0, as of any flat map
    "pool": Field(integer(2, 14), default=7),
    # of the maps after each max pooling, a share (authors' code)
    "dropout": Field(number(0.0, 0.99), default=0.5, traced="dropout"),
}


def _reads(_: ConfigDict) -> tuple[str, ...]:
    return (RECIPE,)


def _build(config: ConfigDict, shape: Shape) -> "Network":
    from mol_jax.networks.rcn_a import network  # noqa: PLC0415  settings are read without JAX

    return network.build(config, shape)


KIND = with_au_head(Kind(fields=FIELDS, build=_build, reads=_reads))
