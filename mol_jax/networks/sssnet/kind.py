"""SSSNet as the settings see it: its fields with their sources. Nothing here needs JAX.

"paper" is Varanka, Peng and Zhao, "Micro-expression Recognition with Noisy Labels" (2021), whose
code is public.
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

SIDE = 64  # px
FIELDS = {
    "input": image_input.FIELD,
    # Of u, v and strain, each clip's by itself (mol_jax/networks/normalise.py); minmax in its code.
    "normalise": Field(choice("minmax", "absmax", "fixed"), default="minmax"),
    # of whole maps after either convolution, and of the hidden layer, a share (its code)
    "dropout": Field(number(0.0, 0.99), default=0.5, traced="dropout"),
}


def _reads(config: ConfigDict) -> tuple[str, ...]:
    return (image_input.recipe(config, SIDE),)


def _build(config: ConfigDict, shape: Shape) -> "Network":
    from mol_jax.networks.sssnet import network  # noqa: PLC0415  settings are read without JAX

    return network.build(config, shape)


KIND = with_au_head(Kind(fields=FIELDS, build=_build, reads=_reads, check=image_input.check))
