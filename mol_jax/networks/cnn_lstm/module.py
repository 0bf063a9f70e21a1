"""The layers of a CNN over each pair of frames, and of what joins the pairs.

Shapes: B clips of T pairs of frames, each an image of 28×28 px, three channels.
"""

import chex
import jax
from flax import linen as nn

from mol_jax.networks import convolutions
from mol_jax.networks.classification import Classified
from mol_jax.networks.cnn_lstm.temporal import Causal, Lstm
from mol_jax.networks.layers import dropout
from mol_jax.networks.shallow import ConvPool, Head, dense

SIDE = 28  # px
MAPS = (16, 32)  # of the two convolutions
FEATURES = 128  # of a pair, and of a clip


class CnnLstm(nn.Module):
    """Images [B,T,28,28,3] → 128 numbers of each pair → 128 of the clip → the classes.

    Each pair by itself: convolution 5×5, ReLU and pooling twice, 1,568 numbers, a hidden layer,
    ReLU, dropout. Then the LSTM's last state, or what stands in its place, and dropout.

    paper: VGG-16 on each pair and an LSTM of 3,000, which would not train from nothing; a hidden
    layer after the LSTM; and a sigmoid of each class under the cross entropy, where there is a
    softmax here. 346,851 parameters for three classes, 347,109 for five.
    """

    num_classes: int
    temporal: str = "lstm"
    lowering: convolutions.Lowering = "auto"

    @nn.compact
    def __call__(self, images: jax.Array, *, train: bool, dropout: jax.Array | float) -> Classified:
        chex.assert_shape(images, (None, None, SIDE, SIDE, 3))
        clips, pairs = images.shape[:2]
        x = images.reshape(clips * pairs, *images.shape[2:])
        for i, maps in enumerate(MAPS, 1):
            x = ConvPool(maps, 5, 2, 2, lowering=self.lowering, name=f"conv{i}")(x)
        x = x.reshape(len(x), -1)
        x = nn.relu(dense(FEATURES, x.shape[-1], name="hidden")(x))
        x = _dropout(self, x, dropout) if train else x
        x = self._joined(x.reshape(clips, pairs, FEATURES))
        x = _dropout(self, x, dropout) if train else x
        return Head((), self.num_classes, name="head")(x, train=train, dropout=dropout)

    def _joined(self, x: jax.Array) -> jax.Array:
        """Returns one vector [B,128] of each clip's pairs [B,T,128]."""
        if self.temporal == "mean":
            return x.mean(axis=1)
        join = {"lstm": Lstm, "tcn": Causal}[self.temporal]
        return join(FEATURES, name=self.temporal)(x)


_dropout = dropout  # the module's argument has the same name
