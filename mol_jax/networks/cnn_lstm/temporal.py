"""From a sequence of pairs to one vector of the clip: an LSTM, two causal convolutions, the mean.

Shapes: B clips, T pairs in their order, C numbers of each, D of a clip.
"""

import chex
import jax
import jax.numpy as jnp
from flax import linen as nn

from mol_jax.networks.shallow import uniform

GATES = 4  # input, forget, candidate, output, in this order
TAPS, DILATIONS = 3, (1, 2)  # of the causal convolutions: the last place sees 7 pairs


class Lstm(nn.Module):
    """The last state of an LSTM of `features` numbers: [B,T,C] → [B,D].

    With x W + h U + b in four gates i, f, g, o of D numbers each, from c = h = 0:

        c ← σ(f) c + σ(i) tanh(g)        h ← σ(o) tanh(c)

    One bias, 1 for the forget gate and 0 else, W of Glorot's uniform, U orthogonal, both drawn for
    all gates at once: as Keras does, which the paper's code is written in. The inputs meet W in one
    product for all pairs.
    """

    features: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        chex.assert_rank(x, 3)
        wide = GATES * self.features
        kernel = self.param("kernel", nn.initializers.glorot_uniform(), (x.shape[-1], wide))
        init = nn.initializers.orthogonal()
        recurrent = self.param("recurrent", init, (self.features, wide))
        bias = self.param("bias", _forgetting, (wide,))
        given = jnp.moveaxis(x @ kernel + bias[None, None], 1, 0)  # [T,B,4·D]
        cell = hidden = jnp.zeros((len(x), self.features), x.dtype)
        for pair in given:
            i, f, g, o = jnp.split(pair + hidden @ recurrent, GATES, axis=-1)
            cell = nn.sigmoid(f) * cell + nn.sigmoid(i) * jnp.tanh(g)
            hidden = nn.sigmoid(o) * jnp.tanh(cell)
        return hidden


class Causal(nn.Module):
    """Two dilated causal convolutions with ReLU, read at the last pair: [B,T,C] → [B,D].

    y_t = ReLU(b + Σ_k x_{t - k·dilation} W_k), k = 0, 1, 2, and nothing before the first pair.
    paper: another's, Graph-TCN's small form; this network's has none.
    """

    features: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        chex.assert_rank(x, 3)
        for i, dilation in enumerate(DILATIONS, 1):
            init = uniform(TAPS * x.shape[-1])
            kernel = self.param(f"kernel{i}", init, (TAPS, x.shape[-1], self.features))
            bias = self.param(f"bias{i}", init, (self.features,))
            length = x.shape[1]
            x = jnp.pad(x, ((0, 0), ((TAPS - 1) * dilation, 0), (0, 0)))
            # kernel[-1] meets the pair itself, kernel[0] the one furthest back
            parts = (x[:, k * dilation :][:, :length] @ kernel[k] for k in range(TAPS))
            x = nn.relu(sum(parts) + bias[None, None])
        return x[:, -1]


def _forgetting(_: jax.Array, shape: tuple[int, ...], dtype: jnp.dtype = jnp.float32) -> jax.Array:
    """Returns a bias of 0, and of 1 for the forget gate, so that at first little is forgotten."""
    size = shape[0] // GATES
    return jnp.zeros(shape, dtype).at[size : 2 * size].set(1)
