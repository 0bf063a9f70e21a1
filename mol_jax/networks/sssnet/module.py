"""SSSNet's layers: two convolutions and a hidden layer over one image of flow and strain.

Shapes: B images of 64×64 px, three channels.
"""

import chex
import jax
from flax import linen as nn

from mol_jax.networks import convolutions
from mol_jax.networks.classification import Classified
from mol_jax.networks.layers import batch_norm, dropout
from mol_jax.networks.shallow import ConvPool, Head

SIDE = 64  # px
LAYERS = ((32, 5, 3), (64, 3, 2))  # maps, px of the kernel and of the pooling
HIDDEN = 256


class Sssnet(nn.Module):
    """Images [B,64,64,3] → 32 maps of 20×20 → 64 of 9×9 → 256 numbers → the classes.

    Either convolution is without padding, and ReLU, max pooling, batch norm and dropout of whole
    maps follow, in this order. 1,349,251 parameters for three classes, 1,349,765 for five.
    """

    num_classes: int
    lowering: convolutions.Lowering = "auto"

    @nn.compact
    def __call__(self, images: jax.Array, *, train: bool, dropout: jax.Array | float) -> Classified:
        chex.assert_shape(images, (None, SIDE, SIDE, 3))
        x = images
        for i, (features, size, pool) in enumerate(LAYERS, 1):
            x = ConvPool(features, size, pool, lowering=self.lowering, name=f"conv{i}")(x)
            x = batch_norm(x, x.dtype, train=train, name=f"norm{i}")
            if train:
                x = _dropout(self, x, dropout, whole_maps=True)
        head = Head((HIDDEN,), self.num_classes, name="head")
        return head(x.reshape(len(x), -1), train=train, dropout=dropout)


_dropout = dropout  # the module's argument has the same name
