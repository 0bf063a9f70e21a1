"""OFF-ApexNet as the settings see it: its fields with their sources. Nothing here needs JAX.

"paper" is Gan et al., "OFF-ApexNet on micro-expression recognition system" (2019). Its authors gave
no code; two re-implementations by others agree on the widths and on the number of epochs.
"""

from typing import TYPE_CHECKING

from ml_collections import ConfigDict

from mol_jax.networks import image_input
from mol_jax.networks.au_head.kind import with_au_head
from mol_jax.settings.fields import Field
from mol_jax.settings.kind import Kind, Shape
from mol_jax.settings.rules import choice, number

if TYPE_CHECKING:
    from mol_jax.networks.network import Network

SIDE = 28  # px
FIELDS = {
    "input": image_input.FIELD,
    # Of u and v, each clip's by itself (mol_jax/networks/normalise.py). paper: silent
    "normalise": Field(choice("minmax", "absmax", "fixed"), default="minmax"),
    # of either hidden layer, a share
    "dropout": Field(number(0.0, 0.99), default=0.5, traced="dropout"),
}


def _reads(config: ConfigDict) -> tuple[str, ...]:
    return (image_input.recipe(config, SIDE),)


def _build(config: ConfigDict, shape: Shape) -> "Network":
    from mol_jax.networks.off_apexnet import network  # noqa: PLC0415  settings need no JAX

    return network.build(config, shape)


KIND = with_au_head(Kind(fields=FIELDS, build=_build, reads=_reads, check=image_input.check))
