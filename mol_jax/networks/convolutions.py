"""How a convolution is lowered: the one place that decides.

Every convolution of the model goes through `conv`, `conv_transpose` or `conv_time`. Each has two
forms that are equal up to rounding, in value and in both gradients:

    'lax'      XLA's convolution.
    'patches'  a matrix product and copies, no convolution at all.

'auto' is 'lax' on every backend but CPU. On CPU it is 'patches' for `conv_transpose`, `conv_time`
and those `conv` that have H·W ≤ 16, C = 1, D ≤ 2 or 4·D ≤ C, and 'lax' for the others. It cannot
see a kernel with a mapped axis, which XLA makes a grouped convolution: there, on any backend, ask
for 'patches'. Nor does it see a `lax.scan` or `lax.map` around the call: there ask for 'patches' on
CPU. `mol_jax.training.devices.resolve_lowering` does both. `benchmarks/convolutions.py` prints the
ratios behind the rule for CPU.

Shapes: N any batch, H and W the map, C input and D output channels, k the kernel, s the stride,
p the padding. Layout is channels-last.
"""

import functools
import math

import chex
import jax
import jax.numpy as jnp
from jax import lax

from mol_jax.settings.kind import Lowering


def conv(
    x: jax.Array,
    kernel: jax.Array,
    *,
    stride: int = 1,
    padding: int = 0,
    lowering: Lowering = "auto",
) -> jax.Array:
    """Cross-correlates x [N,H,W,C] with kernel [k,k,C,D] → [N,H',W',D], H' = (H+2p−k)//s + 1."""
    chex.assert_rank([x, kernel], 4)
    size, _, inputs, outputs = kernel.shape
    chex.assert_shape([x, kernel], [(..., inputs), (size, size, ...)])
    if size == 1 and stride == 1 and padding == 0:
        return _dot(x, kernel[0, 0])
    if lowering == "auto":
        lowering = _fastest(x.shape, outputs)
    if lowering == "lax":
        return lax.conv_general_dilated(
            x,
            kernel,
            window_strides=(stride, stride),
            padding=[(padding, padding)] * 2,
            dimension_numbers=("NHWC", "HWIO", "NHWC"),
        )
    if stride == 1 and outputs < inputs:  # k²·D numbers a pixel instead of k²·C
        return _product_and_fold(x, kernel[::-1, ::-1], 1, size - 1 - padding)
    patches = unfold(x, size, stride, padding)
    patches = patches.reshape(*patches.shape[:3], -1)
    return _dot(patches, kernel.reshape(-1, outputs))


def conv_transpose(x: jax.Array, kernel: jax.Array, *, lowering: Lowering = "auto") -> jax.Array:
    """Doubles x [N,H,W,C] with kernel [4,4,C,D], stride 2, padding 1 → [N,2H,2W,D].

    y[o] = Σ x[i] · kernel[o + 1 − 2i] along each axis. So each of the four sub-pixel phases of the
    output meets 2×2 taps, and 'patches' never multiplies the zeros between the pixels.
    """
    chex.assert_rank(x, 4)
    chex.assert_shape(kernel, (4, 4, x.shape[-1], None))
    if lowering == "auto":
        lowering = "patches" if jax.default_backend() == "cpu" else "lax"
    return _doubled(x, kernel) if lowering == "lax" else _product_and_fold(x, kernel, 2, 1)


def conv_time(x: jax.Array, kernel: jax.Array, *, lowering: Lowering = "auto") -> jax.Array:
    """Correlates x [N,T,H,W,C] with kernel [τ,k,k,C,D], stride (1,k,k) → [N,T−τ+1,H/k,W/k,D].

    The spatial kernel equals its stride, so a k×k block is the channels of one position, and what
    is left are τ taps in time.
    """
    chex.assert_rank([x, kernel], 5)
    n, time, height, width, channels = x.shape
    taps, size = kernel.shape[:2]
    chex.assert_shape(kernel, (taps, size, size, channels, None))
    assert height % size == width % size == 0 and time >= taps, (x.shape, kernel.shape)
    if lowering == "auto":
        lowering = "patches" if jax.default_backend() == "cpu" else "lax"
    if lowering == "lax":
        return lax.conv_general_dilated(
            x,
            kernel,
            window_strides=(1, size, size),
            padding="VALID",
            dimension_numbers=("NDHWC", "DHWIO", "NDHWC"),
        )
    x = x.reshape(n, time, height // size, size, width // size, size, channels)
    x = x.transpose(0, 1, 2, 4, 3, 5, 6).reshape(n, time, height // size, width // size, -1)
    steps = time - taps + 1
    windows = jnp.concatenate([x[:, i : i + steps] for i in range(taps)], axis=-1)
    return _dot(windows, kernel.reshape(-1, kernel.shape[-1]))


@jax.custom_vjp
def _doubled(x: jax.Array, kernel: jax.Array) -> jax.Array:
    """`conv_transpose` as one XLA convolution, over a map with zeros between its pixels.

    It is the transpose of `_halved`, and its gradients are taken from there. The kernel gradient
    that JAX derives would slide a whole map over the map with the zeros; for that XLA has no
    weight-gradient kernel of cuDNN, as it has for the one of an ordinary convolution of stride 2.
    """
    return lax.conv_general_dilated(
        x,
        kernel[::-1, ::-1],
        window_strides=(1, 1),
        padding=[(2, 2)] * 2,
        lhs_dilation=(2, 2),
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )


def _halved(y: jax.Array, kernel: jax.Array) -> jax.Array:
    """Correlates y [N,2H,2W,D] with kernel [4,4,C,D], stride 2, padding 1 → [N,H,W,C]."""
    return lax.conv_general_dilated(
        y,
        kernel,
        window_strides=(2, 2),
        padding=[(1, 1)] * 2,
        dimension_numbers=("NHWC", "HWOI", "NHWC"),
    )


def _doubled_fwd(x, kernel):
    return _doubled(x, kernel), (x, kernel)


def _doubled_bwd(saved, grad):
    """⟨_doubled(x, k), g⟩ = ⟨x, _halved(g, k)⟩: of x that is _halved(g, k), of k its transpose."""
    x, kernel = saved
    (of_kernel,) = jax.linear_transpose(functools.partial(_halved, grad), kernel)(x)
    return _halved(grad, kernel), of_kernel


_doubled.defvjp(_doubled_fwd, _doubled_bwd)


def _fastest(shape: tuple[int, ...], outputs: int) -> Lowering:
    """The form for a convolution of x [N,H,W,C] to `outputs` channels, outside device loops."""
    if jax.default_backend() != "cpu":
        return "lax"
    _, height, width, inputs = shape
    narrow = outputs <= 2 or inputs == 1 or 4 * outputs <= inputs
    return "patches" if height * width <= 16 or narrow else "lax"


def _dot(x: jax.Array, weights: jax.Array) -> jax.Array:
    """[...,K] × [K,D] → [...,D] as one matrix product."""
    out = x.reshape(math.prod(x.shape[:-1]), x.shape[-1]) @ weights
    return out.reshape(*x.shape[:-1], weights.shape[-1])


def _product_and_fold(x: jax.Array, kernel: jax.Array, stride: int, padding: int) -> jax.Array:
    """Transposed convolution: each pixel's k×k contribution in one product, then their sums."""
    n, height, width, channels = x.shape
    size = kernel.shape[0]
    weights = kernel.transpose(2, 0, 1, 3).reshape(channels, -1)
    parts = _dot(x, weights).reshape(n, height, width, size, size, -1)
    rows, cols = ((m - 1) * stride + size - 2 * padding for m in (height, width))
    return fold(parts, stride, padding, (rows, cols))


# `unfold` and `fold` are each other's transpose. Told so, both directions read slices and write
# each number once; the transpose that JAX derives pads a copy for each of the k² windows.


@functools.partial(jax.custom_vjp, nondiff_argnums=(1, 2, 3))
def unfold(x: jax.Array, size: int, stride: int, padding: int) -> jax.Array:
    """All windows of x [N,H,W,C] → [N,H',W',k,k,C]; out[o,t] = x[s·o + t − p] along each axis."""
    chex.assert_rank(x, 4)
    x = jnp.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    n, height, width, channels = x.shape
    rows, cols = ((m - size) // stride + 1 for m in (height, width))
    windows = [
        x[:, i : i + (rows - 1) * stride + 1 : stride, j : j + (cols - 1) * stride + 1 : stride]
        for i in range(size)
        for j in range(size)
    ]
    return jnp.concatenate(windows, axis=-1).reshape(n, rows, cols, size, size, channels)


@functools.partial(jax.custom_vjp, nondiff_argnums=(1, 2, 3))
def fold(parts: jax.Array, stride: int, padding: int, shape: tuple[int, int]) -> jax.Array:
    """Sums windows [N,h,w,k,k,D] into a map [N,*shape,D]: y[o] = Σ_i parts[i, o + p − s·i]."""
    chex.assert_rank(parts, 6)
    n, height, width, size, _, channels = parts.shape
    chex.assert_axis_dimension(parts, 4, size)
    blocks = [-(-m // stride) for m in shape]  # output pixels of one phase along each axis
    reach = -(-size // stride)
    margins = [(reach, reach + max(0, b - m)) for b, m in zip(blocks, (height, width), strict=True)]
    parts = jnp.pad(parts, ((0, 0), *margins, (0, 0), (0, 0), (0, 0)))

    def phase(a: int, b: int) -> jax.Array:
        taps = [
            parts[:, i + reach : i + reach + blocks[0], j + reach : j + reach + blocks[1], t, u]
            for t, i in _taps(a, size, stride, padding)
            for u, j in _taps(b, size, stride, padding)
        ]
        return functools.reduce(jnp.add, taps)

    phases = [jnp.stack([phase(a, b) for b in range(stride)], axis=3) for a in range(stride)]
    y = jnp.stack(phases, axis=2).reshape(n, blocks[0] * stride, blocks[1] * stride, channels)
    return y[:, : shape[0], : shape[1]]


def _taps(phase: int, size: int, stride: int, padding: int) -> list[tuple[int, int]]:
    """(tap t, window offset i) of what meets the output pixels ≡ phase: s·i + t = phase + p."""
    first = (phase + padding) % stride
    return [(t, (phase + padding - t) // stride) for t in range(first, size, stride)]


def _unfold_fwd(x, size, stride, padding):
    return unfold(x, size, stride, padding), x.shape[1:3]


def _unfold_bwd(size, stride, padding, shape, grad):
    return (fold(grad, stride, padding, shape),)


def _fold_fwd(parts, stride, padding, shape):
    return fold(parts, stride, padding, shape), parts.shape[1:4]


def _fold_bwd(stride, padding, shape, window, grad):
    return (unfold(grad, window[2], stride, padding),)


unfold.defvjp(_unfold_fwd, _unfold_bwd)
fold.defvjp(_fold_fwd, _fold_bwd)
