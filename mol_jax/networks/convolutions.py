"""How a convolution is lowered: the one place that decides.

Every convolution of the model goes through `conv`, `conv_transpose` or `conv_time`. Each has two
forms that are equal up to rounding, in value and in both gradients:

    'lax'      XLA's convolution.
    'patches'  a matrix product and copies, no convolution at all.

'auto' is 'lax' on every backend but CPU. On CPU it is 'patches' for `conv_transpose`, `conv_time`
and those `conv` that have H·W ≤ 16, C = 1, D ≤ 2, 4·D ≤ C or a stride above 1 that divides k, and
'lax' for the others. It cannot see a kernel with a mapped axis, which XLA makes a grouped
convolution: there, on any backend, ask for 'patches'. Nor does it see a `lax.scan` or `lax.map`
around the call: there ask for 'patches' on CPU. `mol_jax.training.devices.resolve_lowering` does
both. `benchmarks/convolutions.py` prints the ratios behind the rule for CPU. STSTNet's convolution
has a product of its own for 'patches', and for 'auto' on CPU: `ststnet/streams.py`.

Shapes: N any batch, H and W the map, C input and D output channels, k the kernel, s the stride,
p the padding. Layout is channels-last.
"""

import functools
import math

import chex
import jax
import jax.numpy as jnp
from jax import lax

from mol_jax.networks.windows import fold, unfold
from mol_jax.settings.kind import Lowering

FEW = 2  # output channels: those of a flow


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
    of_blocks = stride > 1 and size % stride == 0
    if lowering == "auto":
        lowering = _fastest(x.shape, outputs, of_blocks=of_blocks)
    if lowering == "lax":
        return lax.conv_general_dilated(
            x,
            kernel,
            window_strides=(stride, stride),
            padding=[(padding, padding)] * 2,
            dimension_numbers=("NHWC", "HWIO", "NHWC"),
        )
    if of_blocks:
        x, kernel = _of_blocks(x, kernel, stride, padding)
        stride, padding = 1, 0
    return _by_product(x, kernel, stride, padding)


def conv_transpose(x: jax.Array, kernel: jax.Array, *, lowering: Lowering = "auto") -> jax.Array:
    """Doubles x [N,H,W,C] with kernel [4,4,C,D], stride 2, padding 1 → [N,2H,2W,D].

    y[o] = Σ x[i] · kernel[o + 1 − 2i] along each axis. So each of the four sub-pixel phases of the
    output meets 2×2 taps, and 'patches' never multiplies the zeros between the pixels. Of few
    outputs the 2×2 windows of x are smaller than the 4×4 parts of y, and are taken in their place.
    """
    chex.assert_rank(x, 4)
    chex.assert_shape(kernel, (4, 4, x.shape[-1], None))
    if lowering == "auto":
        lowering = "patches" if jax.default_backend() == "cpu" else "lax"
    if lowering == "lax":
        return _doubled(x, kernel)
    if kernel.shape[-1] <= FEW:
        return _sub_pixels(x, kernel)
    return _product_and_fold(x, kernel, 2, 1)


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


def _fastest(shape: tuple[int, ...], outputs: int, *, of_blocks: bool) -> Lowering:
    """The form for a convolution of x [N,H,W,C] to `outputs` channels, outside device loops.

    of_blocks: whether the stride divides the kernel.
    """
    if jax.default_backend() != "cpu":
        return "lax"
    _, height, width, inputs = shape
    narrow = outputs <= 2 or inputs == 1 or 4 * outputs <= inputs
    return "patches" if height * width <= 16 or narrow or of_blocks else "lax"


def _dot(x: jax.Array, weights: jax.Array) -> jax.Array:
    """[...,K] × [K,D] → [...,D] as one matrix product."""
    out = x.reshape(math.prod(x.shape[:-1]), x.shape[-1]) @ weights
    return out.reshape(*x.shape[:-1], weights.shape[-1])


def _by_product(x: jax.Array, kernel: jax.Array, stride: int, padding: int) -> jax.Array:
    """A convolution by one product: of its windows, or of its pixels with windows to be added."""
    size, _, inputs, outputs = kernel.shape
    if size == stride == 1 and padding == 0:
        return _dot(x, kernel[0, 0])
    if stride == 1 and outputs < inputs:  # k²·D numbers a pixel instead of k²·C
        return _product_and_fold(x, kernel[::-1, ::-1], 1, size - 1 - padding)
    return _dot(unfold(x, size, stride, padding), kernel.reshape(-1, outputs))


def _product_and_fold(x: jax.Array, kernel: jax.Array, stride: int, padding: int) -> jax.Array:
    """Transposed convolution: each pixel's k×k contribution in one product, then their sums."""
    n, height, width, channels = x.shape
    size, _, _, outputs = kernel.shape
    shape = tuple((m - 1) * stride + size - 2 * padding for m in (height, width))
    weights = kernel.transpose(2, 0, 1, 3).reshape(channels, -1)
    if outputs <= FEW:  # as planes, rows of which are added instead of a pixel's two numbers
        parts = weights.T @ x.reshape(-1, channels).T
        parts = parts.reshape(-1, n, height, width)
        return fold(parts, shape, size, stride, padding, True).transpose(1, 2, 3, 0)
    return fold(_dot(x, weights), shape, size, stride, padding)


def _of_blocks(
    x: jax.Array, kernel: jax.Array, stride: int, padding: int
) -> tuple[jax.Array, jax.Array]:
    """x and kernel of the same convolution, its blocks of s×s pixels taken as one of s²·C channels.

    Its kernel has k/s taps, its stride is 1, and it has no padding.
    """
    size, _, inputs, outputs = kernel.shape
    taps = size // stride
    sides = [((m + 2 * padding - size) // stride + taps) * stride for m in x.shape[1:3]]
    around = [(padding, side - m - padding, 0) for m, side in zip(x.shape[1:3], sides, strict=True)]
    x = lax.pad(x, jnp.zeros((), x.dtype), [(0, 0, 0), *around, (0, 0, 0)])
    rows, cols = (side // stride for side in sides)
    x = x.reshape(-1, rows, stride, cols, stride, inputs).transpose(0, 1, 3, 2, 4, 5)
    kernel = kernel.reshape(taps, stride, taps, stride, inputs, outputs).transpose(0, 2, 1, 3, 4, 5)
    return x.reshape(-1, rows, cols, stride**2 * inputs), kernel.reshape(taps, taps, -1, outputs)


def _sub_pixels(x: jax.Array, kernel: jax.Array) -> jax.Array:
    """`conv_transpose` as 2×2 windows of x, each of which makes the 2×2 pixels in its middle.

    Window m = (x[m−1], x[m]) makes y[2m−1] and y[2m]: tap u of it meets kernel[2(1−u) + a] for
    y[2m−1+a]. So the windows of x with a pixel of padding make y with a pixel too many around it.
    """
    n, height, width, inputs = x.shape
    kernel = kernel.reshape(2, 2, 2, 2, inputs, -1)[::-1, :, ::-1]  # [u,a,v,b,C,D]
    kernel = kernel.transpose(0, 2, 4, 1, 3, 5).reshape(2, 2, inputs, -1)
    y = _by_product(x, kernel, 1, 1).reshape(n, height + 1, width + 1, 2, 2, -1)
    y = y.transpose(0, 1, 3, 2, 4, 5).reshape(n, 2 * height + 2, 2 * width + 2, -1)
    return y[:, 1:-1, 1:-1]
