"""Windows of a map taken apart, and added up again: what a convolution is beside its product.

`unfold` and `fold` are each other's transpose. Told so, both directions read slices and write each
number once; the transpose that JAX derives pads a copy for each window. Both go along the width,
then along the height, so that 2·k slices are made and not k².

A map is [N,H,W,C], or [C,N,H,W] where its channels are `planes`: of one or two channels, whole rows
are then read at a time. k is the side of a window, s the stride, p the padding.
"""

import functools

import chex
import jax
import jax.numpy as jnp
from jax import lax

Shape = tuple[int, int]


@functools.partial(jax.custom_vjp, nondiff_argnums=(1, 2, 3, 4))
def unfold(
    x: jax.Array, size: int, stride: int = 1, padding: int = 0, planes: bool = False
) -> jax.Array:
    """All windows of a map [N,H,W,C] → [N,H',W',k·k·C]; out[o,t] = x[s·o + t − p] along each axis.

    Of planes [C,N,H,W] → [k·k·C,N,H',W'].
    """
    chex.assert_rank(x, 4)
    channels, height, width = _axes(planes)
    for axis in (width, height):
        x = _taken(x, axis, channels, size, stride, padding)
    return x


@functools.partial(jax.custom_vjp, nondiff_argnums=(1, 2, 3, 4, 5))
def fold(
    parts: jax.Array,
    shape: Shape,
    size: int,
    stride: int = 1,
    padding: int = 0,
    planes: bool = False,
) -> jax.Array:
    """Sums windows [N,h,w,k·k·D] into a map [N,*shape,D]: y[o] = Σ_i parts[i, o + p − s·i].

    Of planes [k·k·D,N,h,w] → [D,N,*shape].
    """
    chex.assert_rank(parts, 4)
    channels, height, width = _axes(planes)
    for axis, length in ((height, shape[0]), (width, shape[1])):
        parts = _added(parts, axis, channels, length, size, stride, padding)
    return parts


def _axes(planes: bool) -> tuple[int, int, int]:
    """The axes of the channels, the height and the width."""
    return (0, 2, 3) if planes else (3, 1, 2)


def _taken(
    x: jax.Array, axis: int, channels: int, size: int, stride: int, padding: int
) -> jax.Array:
    """Windows along one axis, their k taps side by side in the channels."""
    x = _padded(x, axis, padding, padding)
    last = x.shape[axis] - size
    taps = [lax.slice_in_dim(x, t, t + last + 1, stride, axis) for t in range(size)]
    return jnp.concatenate(taps, axis=channels)


def _added(
    parts: jax.Array, axis: int, channels: int, length: int, size: int, stride: int, padding: int
) -> jax.Array:
    """Windows along one axis summed where they overlap, to `length` pixels."""
    taps = jnp.split(parts, size, axis=channels)
    blocks = -(-length // stride)  # output pixels ≡ a, for each of the phases a = 0 … s−1
    reach = -(-size // stride)
    beyond = reach + max(0, blocks - parts.shape[axis])
    taps = [_padded(tap, axis, reach, beyond) for tap in taps]

    def phase(a: int) -> jax.Array:
        # s·i + t = a + p: tap t of window i meets the output pixels ≡ a.
        met = range((a + padding) % stride, size, stride)
        starts = [(a + padding - t) // stride + reach for t in met]
        slices = [
            lax.slice_in_dim(taps[t], start, start + blocks, axis=axis)
            for t, start in zip(met, starts, strict=True)
        ]
        return functools.reduce(jnp.add, slices)

    if stride == 1:
        return phase(0)
    y = jnp.stack([phase(a) for a in range(stride)], axis=axis + 1)
    y = y.reshape(*y.shape[:axis], blocks * stride, *y.shape[axis + 2 :])
    return lax.slice_in_dim(y, 0, length, axis=axis)


def _padded(x: jax.Array, axis: int, before: int, after: int) -> jax.Array:
    widths = [(0, 0)] * x.ndim
    widths[axis] = (before, after)
    return jnp.pad(x, widths)


def _unfold_fwd(x, size, stride, padding, planes):
    _, height, width = _axes(planes)
    return unfold(x, size, stride, padding, planes), (x.shape[height], x.shape[width])


def _unfold_bwd(size, stride, padding, planes, shape, grad):
    return (fold(grad, shape, size, stride, padding, planes),)


def _fold_fwd(parts, shape, size, stride, padding, planes):
    return fold(parts, shape, size, stride, padding, planes), None


def _fold_bwd(shape, size, stride, padding, planes, _, grad):
    return (unfold(grad, size, stride, padding, planes),)


unfold.defvjp(_unfold_fwd, _unfold_bwd)
fold.defvjp(_fold_fwd, _fold_bwd)
