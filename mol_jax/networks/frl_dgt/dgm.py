"""The displacement generation module: from two frames to how the first moves (Sec 3.1)."""

import chex
import jax
import jax.numpy as jnp
from flax import linen as nn

from mol_jax.networks.convolutions import Lowering
from mol_jax.networks.frl_dgt import motion
from mol_jax.networks.layers import (
    SLOPE,
    Conv,
    ConvNorm,
    ConvTranspose,
    Dtype,
    at_least_float32,
    batch_norm,
    scaled,
)

FIRST = 32  # channels of the first level; each level has twice those of the one before


class Dgm(nn.Module):
    """Pairs of frames [N,2,S,S] → displacements [N,S,S,2]. See `__call__`.

    levels: how often the map is halved, and doubled again. width: of all layers but the last.
    normalise: "output" normalises D itself; any other leaves it.

    frl: depth, widths and kernels, since the paper has only "encoder-decoder", each layer of it
    convolution, batch norm and activation. No skip connections, since it names none. The bottleneck
    keeps its layout (18×18 of 288 px): TCAE's 1×1 could not hold local motion.
    """

    levels: int = 4
    width: float = 1.0
    normalise: motion.Normalise = "classifier"
    dtype: Dtype = jnp.float32
    lowering: Lowering = "auto"

    @nn.compact
    def __call__(
        self,
        labelled: jax.Array,
        unlabelled: jax.Array | None = None,
        *,
        train: bool,
        alpha: jax.Array | float = 0.2,
    ) -> jax.Array:
        """Two frames of each pair, in [−1,1] → D [N,S,S,2] in (−α, α), in grid units.

        Args:
            labelled: [L,2,S,S], onset and apex; S is a multiple of 2^levels.
            unlabelled: [U,2,S,S], random pairs, or None; then N = L + U, the labelled ones first.
            train: batch norm by the statistics of all N.
            alpha: largest displacement in halves of the image, may be traced.

        Frames and D are at least float32 whatever the compute type, and so are the first and the
        last convolution. A bfloat16 frame is off by up to a quarter of a grey level, and a tenth of
        a pixel changes a smooth face by no more.
        frl: labelled and random pairs go through as one batch, with one set of statistics.
        """
        pairs = labelled if unlabelled is None else jnp.concatenate([labelled, unlabelled])
        chex.assert_shape(pairs, (None, 2, None, pairs.shape[-1]))
        assert pairs.shape[-1] % 2**self.levels == 0, (pairs.shape, self.levels)
        exact = at_least_float32(self.dtype)
        x = self._encode(jnp.moveaxis(pairs.astype(exact), 1, -1), train)
        x = self._decode(x, train)
        # Its last kernel starts small, so that training starts near D = 0: 0.2 px of 288.
        last = Conv(2, 3, 1, 1, gain=1e-4, dtype=exact, lowering=self.lowering, name="last")
        x = jnp.tanh(last(x))
        x = motion.normalised(x) if self.normalise == "output" else x
        return jnp.asarray(alpha, exact) * x

    def _encode(self, x: jax.Array, train: bool) -> jax.Array:
        """[N,S,S,2] → [N,S/2^levels,S/2^levels,C], the bottleneck's convolution included."""
        for level in range(self.levels):
            dtype = at_least_float32(self.dtype) if level == 0 else self.dtype
            features = scaled(FIRST * 2**level, self.width)
            down = ConvNorm(features, 4, 2, dtype, self.lowering, name=f"down{level}")
            x = down(x, train=train).astype(self.dtype)
        middle = ConvNorm(x.shape[-1], 3, 1, self.dtype, self.lowering, name="middle")
        return middle(x, train=train)

    def _decode(self, x: jax.Array, train: bool) -> jax.Array:
        """The bottleneck's map → [N,S,S,C], doubled as often as it was halved."""
        for level in reversed(range(self.levels)):
            features = scaled(FIRST // 2 * 2**level, self.width)
            up = ConvTranspose(
                features, dtype=self.dtype, lowering=self.lowering, name=f"up{level}"
            )
            norm = batch_norm(up(x), self.dtype, train=train, name=f"norm{level}")
            x = nn.leaky_relu(norm, SLOPE)
        return x
