"""STSTNet's layers: three shallow streams over one image of flow and strain.

Shapes: B images of 28×28 px, three channels.
"""

import chex
import jax
from flax import linen as nn

from mol_jax.networks import convolutions
from mol_jax.networks.classification import Classified
from mol_jax.networks.layers import EXACT, NormOf, batch_norm, dropout
from mol_jax.networks.shallow import dense, max_pool, uniform
from mol_jax.networks.ststnet import streams

SIDE = streams.SIDE  # px
STREAMS = (3, 5, 8)  # filters of each


class Ststnet(nn.Module):
    """Images [B,28,28,3] → 16 maps of 10×10 → 5×5 → the classes.

    Each stream is a 3×3 convolution, ReLU, batch norm, max pooling and dropout of the same image,
    and they meet after that. Nothing in a stream mixes its maps, so the three are computed as one
    of 3 + 5 + 8 filters, in this order. ReLU stands before batch norm, so biases are no waste.

    The paper's row "FC 400" is taken as the 400 numbers that the classes are made of; as a layer it
    would have 160,400 parameters, and the paper counts 1,670 in all (here 1,683 for three classes).
    Its maps after the pooling are 10×10, so the convolution keeps 28×28, and one px of -∞ is around
    them; the authors' PyTorch code pads the convolution by 2. How weights start is not said.
    """

    num_classes: int
    lowering: convolutions.Lowering = "auto"

    @nn.compact
    def __call__(self, images: jax.Array, *, train: bool, dropout: jax.Array | float) -> Classified:
        chex.assert_shape(images, (None, SIDE, SIDE, 3))
        shape = (3, 3, 3, sum(STREAMS))
        kernel = self.param("kernel", uniform(27), shape)
        bias = self.param("bias", uniform(27), shape[3:])
        if _by_windows(self.lowering):
            norm = NormOf(shape[3], name="norm")
            x, mean, var = streams.pooled(images, kernel, bias, norm.scale)
            x = norm(x, mean, var, train=train)
        else:
            x = convolutions.conv(images, kernel, padding=1, lowering=self.lowering)
            x = nn.relu(x + bias[None, None, None])
            x = max_pool(batch_norm(x, x.dtype, train=train), 3, 1)
        if train:
            x = _dropout(self, x, dropout)
        x = x.reshape(len(x), 5, 2, 5, 2, -1).mean((2, 4)).reshape(len(x), -1)
        layer = dense(self.num_classes, x.shape[-1], precision=EXACT, name="classes")
        return Classified(layer(x), x)


_dropout = dropout  # the module's argument has the same name


def _by_windows(lowering: convolutions.Lowering) -> bool:
    """Returns whether `streams` computes the layers up to the pooling: see there."""
    return lowering == "patches" or (lowering == "auto" and jax.default_backend() == "cpu")
