"""STSTNet as the settings see it: its fields with their sources. Nothing here needs JAX.

"paper" is Liong et al., "Shallow Triple Stream Three-dimensional CNN (STSTNet) for
Micro-expression Recognition" (2019).
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
    # Of u, v and strain, each clip's by itself (mol_jax/networks/normalise.py). The authors' code
    # stretches each channel to [0, 1]; absmax keeps where still is, fixed how large a motion was.
    "normalise": Field(choice("minmax", "absmax", "fixed"), default="minmax"),
    # image: the mean image of a fold's training rows is taken away, as the input layer of the
    # authors' MATLAB code does; none: nothing is, as in their PyTorch code. paper: silent
    "mean": Field(choice("image", "none"), default="image"),
    # of the pooled features of each stream, a share (authors' code; paper: silent)
    "dropout": Field(number(0.0, 0.99), default=0.5, traced="dropout"),
}


def _reads(config: ConfigDict) -> tuple[str, ...]:
    return (image_input.recipe(config, SIDE),)


def _build(config: ConfigDict, shape: Shape) -> "Network":
    from mol_jax.networks.ststnet import network  # noqa: PLC0415  settings are read without JAX

    return network.build(config, shape)


KIND = with_au_head(Kind(fields=FIELDS, build=_build, reads=_reads, check=image_input.check))
