"""The backbone's features as the heads read them: of each pair's first and second frame."""

import dataclasses

import chex
import jax
import jax.numpy as jnp


@dataclasses.dataclass(frozen=True)
class Pairs:
    """Features of the t−1 pairs of consecutive frames, by the block that a frame went through.

    Where both frames of a pair go through the same block, `as_first` and `as_second` are one array
    of all t frames [B,t,h,w,C]; else each has the t−1 that it is for.
    """

    as_first: jax.Array
    as_second: jax.Array
    count: int  # t−1

    def __post_init__(self) -> None:
        chex.assert_rank([self.as_first, self.as_second], 5)
        chex.assert_equal_shape([self.as_first, self.as_second])
        frames = self.as_first.shape[1]
        assert frames == self.count + (self.as_first is self.as_second), (frames, self.count)

    @property
    def first(self) -> jax.Array:
        """Of the first frames, [B,t−1,h,w,C]."""
        return self.as_first[:, : self.count]

    @property
    def second(self) -> jax.Array:
        """Of the second frames, [B,t−1,h,w,C]."""
        return self.as_second[:, -self.count :]

    @property
    def every(self) -> jax.Array:
        """Of every frame once, [B,t,h,w,C]: the last one as a second frame."""
        if self.as_first is self.as_second:
            return self.as_first
        return jnp.concatenate([self.as_first, self.as_second[:, -1:]], axis=1)
