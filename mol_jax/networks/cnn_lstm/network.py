"""The CNN with an LSTM behind the contract of a network."""

import dataclasses

from jax import Array
from ml_collections import ConfigDict

from mol_jax.data.clips import Batch
from mol_jax.networks.cnn_lstm.module import CnnLstm
from mol_jax.networks.flow_classifier import FlowClassifier
from mol_jax.networks.network import Facts
from mol_jax.networks.normalise import normalise
from mol_jax.settings.kind import SEQUENCES, Shape


@dataclasses.dataclass(frozen=True)
class CnnLstmNetwork(FlowClassifier):
    """A classifier of a sequence of flow images, and its loss."""

    def inputs(self, batch: Batch, facts: Facts) -> Array:
        """Returns images [B,T,28,28,3], each clip's brought to a range over all of its pairs."""
        del facts
        images = batch.inputs[self.recipe]
        clips, pairs, height, *rest = images.shape
        below = images.reshape(clips, pairs * height, *rest)  # a clip's pairs as one tall image
        return normalise(below, self.normalise).reshape(images.shape)


def build(config: ConfigDict, shape: Shape) -> CnnLstmNetwork:
    """Returns the network of a checked config."""
    model = config.model
    return CnnLstmNetwork(
        CnnLstm(shape.num_classes, model.temporal, shape.lowering),
        SEQUENCES[shape.frames],
        normalise=model.normalise,
        auxiliary=config.loss.auxiliary,
    )
