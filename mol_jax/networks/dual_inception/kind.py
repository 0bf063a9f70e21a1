"""Dual-Inception as the settings see it: its fields with their sources. Nothing here needs JAX.

"paper" is Zhou et al., "Dual-Inception Network for Cross-Database Micro-Expression Recognition"
(2019).
"""

from typing import TYPE_CHECKING

from ml_collections import ConfigDict

from mol_jax.networks.au_head.kind import with_au_head
from mol_jax.settings.fields import Field
from mol_jax.settings.kind import Kind, Shape
from mol_jax.settings.rules import choice, integer

if TYPE_CHECKING:
    from mol_jax.networks.network import Network

RECIPE = "flow_image_28"
FIELDS = {
    # Of u and v, each clip's by itself (mol_jax/networks/normalise.py). The authors' code reads
    # images of 8 bits over 255, each stretched to [0, 1]; absmax keeps where still is, fixed how
    # large a motion was.
    "normalise": Field(choice("minmax", "absmax", "fixed"), default="minmax"),
    # numbers that the classes are made of (authors' code); 99.6 % of the parameters lead to them
    "hidden": Field(integer(1, 8192), default=1024),
}


def _reads(_: ConfigDict) -> tuple[str, ...]:
    return (RECIPE,)


def _build(config: ConfigDict, shape: Shape) -> "Network":
    from mol_jax.networks.dual_inception import network  # noqa: PLC0415  settings need no JAX

    return network.build(config, shape)


KIND = with_au_head(Kind(fields=FIELDS, build=_build, reads=_reads))
