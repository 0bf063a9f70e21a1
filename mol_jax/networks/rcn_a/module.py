"""RCN-A's layers: a convolution, a recurrent one, and attention over what is left.

Shapes: B images of 60×60 px, three channels; C channels of every map, p×p places, n classes.
"""

import functools

import chex
import jax
import jax.numpy as jnp
from flax import linen as nn

from mol_jax.networks import convolutions
from mol_jax.networks.classification import Classified
from mol_jax.networks.layers import EXACT, NormOf, dropout
from mol_jax.networks.rcn_a.attention import attention, average_pool
from mol_jax.networks.shallow import max_pool

SIDE = 60  # px
TIMES = 2  # that the recurrent convolution is used (authors' code)
HE = nn.initializers.variance_scaling(2.0, "fan_out", "normal")


class RcnA(nn.Module):
    """Images [B,60,60,3] → 28×28×C → 14×14×C → p×p×C → the classes.

    The recurrent convolution is one kernel and one batch norm, both used twice: of the map before
    it and what it made of that. So the running statistics move twice an update. Convolutions have
    no bias, which batch norm would take away: 3·C parameters fewer than the authors' 55,747 for
    three classes.
    """

    num_classes: int
    channels: int = 64
    pool: int = 7
    lowering: convolutions.Lowering = "auto"

    @nn.compact
    def __call__(self, images: jax.Array, *, train: bool, dropout: jax.Array | float) -> Classified:
        chex.assert_shape(images, (None, SIDE, SIDE, 3))
        conv = functools.partial(convolutions.conv, lowering=self.lowering)
        first, point, again = (
            self.param(f"kernel_{size}", HE, (size, size, inputs, self.channels))
            for size, inputs in ((5, 3), (1, self.channels), (3, self.channels))
        )
        norms = {size: NormOf(self.channels, name=f"norm_{size}") for size in (5, 1, 3)}
        x = max_pool(_normed(norms[5], conv(images, first), train=train), 2)
        x = _dropout(self, x, dropout) if train else x
        y = _normed(norms[1], conv(x, point), train=train)
        for _ in range(TIMES):
            y = _normed(norms[3], conv(x + y, again, padding=1), train=train)
        y = max_pool(y, 2)
        y = _dropout(self, y, dropout) if train else y

        shape = (self.pool, self.pool, self.channels, self.num_classes)
        weights = self.param("weights", nn.initializers.normal(0.01), shape)
        bias = self.param("bias", nn.initializers.zeros, shape[3:])
        looked = attention(average_pool(x, self.pool), weights)
        self.sow("intermediates", "attention", looked)  # for pictures; costs nothing unread
        embedding = (average_pool(y, self.pool) * looked).reshape(len(y), -1)
        logits = jnp.matmul(embedding, weights.reshape(-1, self.num_classes), precision=EXACT)
        return Classified(logits + bias[None], embedding)


_dropout = dropout  # the module's argument has the same name


def _normed(norm: NormOf, x: jax.Array, *, train: bool) -> jax.Array:
    """Returns ReLU of a normalised map; a batch's variance is of two passes."""
    return nn.relu(norm(x, x.mean((0, 1, 2)), x.var((0, 1, 2)), train=train))
