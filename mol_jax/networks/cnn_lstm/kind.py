"""The CNN with an LSTM as the settings see it: its fields with their sources. Nothing needs JAX.

"paper" is Khor et al., "Enriched Long-Term Recurrent Convolutional Network for Facial
Micro-Expression Recognition" (2018): VGG-16 with weights learnt on faces, its 4,096 numbers of each
of nine flow images, an LSTM of 3,000, a hidden layer of 128, in all 219 million parameters. Here it
is in a size that trains from nothing.
"""

from typing import TYPE_CHECKING

from ml_collections import ConfigDict

from mol_jax.errors import UserError
from mol_jax.settings.fields import Field
from mol_jax.settings.kind import SEQUENCES, Kind, Shape
from mol_jax.settings.rules import choice, number

if TYPE_CHECKING:
    from mol_jax.networks.network import Network

SEEN = 7  # pairs of frames that tcn looks back over
FIELDS = {
    # How pairs become a clip: an LSTM, its last state; their mean, which knows no order and is what
    # an LSTM has to beat; or two dilated causal convolutions, read at the last pair
    "temporal": Field(choice("lstm", "mean", "tcn"), default="lstm"),
    # Of u, v and strain, each clip's by itself and over all of its pairs, so that it is still seen
    # which of them moves (mol_jax/networks/normalise.py)
    "normalise": Field(choice("fixed", "absmax", "minmax"), default="fixed"),
    # of each pair's hidden layer, and of what the classes are made of, a share
    "dropout": Field(number(0.0, 0.99), default=0.5, traced="dropout"),
}


def _check(config: ConfigDict) -> None:
    """Raises UserError for frames that are no sequence, or more than the convolutions see."""
    frames = config.data.frames
    if frames not in SEQUENCES:
        raise UserError(
            f"data.frames is {frames}, which is onset and apex, and no sequence to read; give "
            f"cnn_lstm one of {', '.join(map(str, SEQUENCES))}, as data.frames=8."
        )
    if config.model.temporal == "tcn" and frames - 1 > SEEN:
        raise UserError(
            f"model.temporal is tcn, which looks back over {SEEN} pairs of frames, and data.frames "
            f"is {frames}, which are {frames - 1}; take data.frames=8 or model.temporal=lstm."
        )


def _reads(config: ConfigDict) -> tuple[str, ...]:
    return (SEQUENCES.get(config.data.frames, SEQUENCES[8]),)


def _build(config: ConfigDict, shape: Shape) -> "Network":
    from mol_jax.networks.cnn_lstm import network  # noqa: PLC0415  settings are read without JAX

    return network.build(config, shape)


KIND = Kind(fields=FIELDS, build=_build, reads=_reads, check=_check)
