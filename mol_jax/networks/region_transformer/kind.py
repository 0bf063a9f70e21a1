"""The region transformer as the settings see it: its fields with their sources. Nothing needs JAX.

"paper" is Wang et al., "HTNet for Micro-Expression Recognition" (2024). Its public code gives every
attention one token, so that queries and keys have no gradient and 22 of its 140 million parameters
do nothing, and keeps the best epoch on the tested person. This is its design with four tokens to
each attention, in a size of 0.6 million; dim=256 and repeats=2,10 are nearer to its own.
"""

from typing import TYPE_CHECKING

from ml_collections import ConfigDict

from mol_jax.errors import UserError
from mol_jax.settings.fields import Field
from mol_jax.settings.kind import Kind, Shape
from mol_jax.settings.rules import choice, each, integer

if TYPE_CHECKING:
    from mol_jax.networks.network import Network

RECIPE = "region_mosaic"
FIELDS = {
    # Of u, v and strain, each clip's by itself and over all regions (mol_jax/networks/normalise.py)
    "normalise": Field(choice("minmax", "absmax", "fixed"), default="minmax"),
    # numbers of a token within a region, and twice that between regions; paper: 256
    "dim": Field(integer(4, 1024), default=64),
    # heads within a region, and twice that between regions; paper: 3 at every level
    "heads": Field(integer(1, 64), default=4),
    # layers within a region, and between regions; paper: 2, 2 and 10 of its three levels
    "repeats": Field(each(integer(1, 24), length=2), default=(2, 2)),
}


def _check(config: ConfigDict) -> None:
    """Raises UserError for a width that the heads do not divide."""
    model = config.model
    if model.dim % model.heads:
        raise UserError(
            f"model.dim is {model.dim}, which is no multiple of model.heads ({model.heads})."
        )


def _reads(_: ConfigDict) -> tuple[str, ...]:
    return (RECIPE,)


def _build(config: ConfigDict, shape: Shape) -> "Network":
    from mol_jax.networks.region_transformer import network  # noqa: PLC0415  settings need no JAX

    return network.build(config, shape)


KIND = Kind(fields=FIELDS, build=_build, reads=_reads, check=_check)
