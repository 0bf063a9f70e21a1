"""STSTNet's convolution, ReLU and pooling as one matrix product over the windows of the pooling.

A window of 3×3 pixels is made of 5×5 pixels of the image. So a product of the [144, 75] numbers of
the kernel, moved to the nine places, with the image's 75 numbers of each window leaves a window's
pixels as nine rows: what follows reads whole rows, where a map's windows are strided. Of the moved
kernel 64 % are zeros; on a CPU the products are a third of an update (benchmarks/README.md).

Batch norm keeps or turns the order of numbers. So the extreme of each window is taken before it,
and no map is normalised: `pooled` returns extremes, and the statistics of the map that they are of.

On a CPU a block of images goes all the way while it is in the cache.

Shapes: B images in n blocks, C channels, D filters, N windows of a block.
"""

import functools

import chex
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from mol_jax.networks.windows import unfold

SIDE = 28  # px
ROWS = 10  # windows along each axis; the first and the last reach a pixel beyond the map
BLOCK = 16  # images: 0.5 MB of them and 0.9 MB of maps


def pooled(images: Array, kernel: Array, bias: Array, scale: Array) -> tuple[Array, Array, Array]:
    """Returns the extremes of relu(conv + bias), the map's mean and its variance of two passes.

    Window and stride 3, one px of nothing around the map. The largest of each window is taken, of
    filters with a `scale` below 0 the smallest. Equal pixels share a gradient as those of
    `jnp.maximum` do, taken along columns and then along rows.

    Args:
        images: [B,28,28,C]. kernel: [3,3,C,D], padding 1. bias, scale: [D].

    Returns:
        [B,10,10,D], [D], [D]. Their gradient by `scale` is 0.
    """
    chex.assert_shape(images, (None, SIDE, SIDE, kernel.shape[2]))
    chex.assert_shape([bias, scale], kernel.shape[3:])
    block = _block(len(images))
    x = images.reshape(-1, block, *images.shape[1:]).transpose(0, 4, 1, 2, 3)
    patches = jax.vmap(lambda planes: unfold(planes, 5, 3, 2, True))(x)
    patches = patches.reshape(*patches.shape[:2], -1)  # [n,75,N]
    sign = jnp.where(scale < 0, -1, 1).astype(images.dtype)
    extremes, mean, var = _pooled(patches, _moved(kernel), bias, sign)
    return extremes.transpose(0, 2, 1).reshape(-1, ROWS, ROWS, len(bias)), mean, var


def _block(batch: int) -> int:
    """Returns how many images go together: a whole batch where no cache would hold a part."""
    if jax.default_backend() != "cpu":
        return batch
    size = max(d for d in range(1, BLOCK + 1) if batch % d == 0)
    return size if 4 * size >= min(BLOCK, batch) else batch  # blocks of few images do not pay


def _moved(kernel: Array) -> Array:
    """Returns [9·D, 25·C]: kernel [3,3,C,D] at the nine places of a window, for its 5×5 pixels."""
    inputs, outputs = kernel.shape[2:]
    kernel = kernel.transpose(3, 0, 1, 2)[None, None]
    none = (0, 0)
    places = (
        jnp.pad(kernel, ((a, 2 - a), (c, 2 - c), none, (a, 2 - a), (c, 2 - c), none))
        for a in range(3)
        for c in range(3)
    )
    return functools.reduce(jnp.add, places).reshape(9 * outputs, 25 * inputs)


def _inside(windows: int) -> np.ndarray:
    """Returns bool [3,3,1,N], which pixels of the windows of some images are of the map."""
    at = 3 * np.arange(ROWS) + np.arange(-1, 2)[:, None]
    along = (at >= 0) & (at < SIDE)
    inside = (along[:, None, :, None] & along[None, :, None, :]).reshape(3, 3, 1, ROWS**2)
    return np.tile(inside, windows // ROWS**2)


@jax.custom_vjp
def _pooled(patches: Array, weights: Array, bias: Array, sign: Array) -> tuple[Array, Array, Array]:
    """Patches [n,75,N] and weights [9·D,75] → extremes [n,D,N], mean [D] and variance [D]."""
    return _pooled_fwd(patches, weights, bias, sign)[0]


def _pooled_fwd(patches, weights, bias, sign):
    inside = _inside(patches.shape[-1])
    count = float(inside.sum())

    def of_block(_, block):
        x = (weights @ block).reshape(3, 3, len(bias), -1)
        x = jnp.maximum(x + _rows(bias), 0)
        mean = jnp.where(inside, x, 0).sum((0, 1, 3)) / count
        spread = jnp.where(inside, (x - _rows(mean)) ** 2, 0).sum((0, 1, 3)) / count
        signed = jnp.where(inside, x * _rows(sign), -jnp.inf)
        return None, (x, _largest(signed) * sign[:, None], mean, spread)

    _, (maps, extremes, means, spreads) = lax.scan(of_block, None, patches)
    mean = means.mean(0)
    var = (spreads + (means - mean[None]) ** 2).mean(0)
    return (extremes, mean, var), (patches, weights, maps, extremes, mean)


def _pooled_bwd(saved, grads):
    patches, weights, maps, extremes, mean = saved
    of_extremes, of_mean, of_var = grads
    inside = _inside(patches.shape[-1])
    count = float(len(patches) * inside.sum())
    each, slope = of_mean / count, 2 * of_var / count

    def of_block(sums, given):
        block, x, extreme, grad = given
        is_extreme = inside & (x == extreme[None, None])
        grad = _shared(is_extreme, grad) + _rows(each) + _rows(slope) * (x - _rows(mean))
        grad = jnp.where(inside & (x > 0), grad, 0)
        rows = grad.reshape(len(weights), -1)
        of_weights = lax.dot_general(rows, block, (((1,), (1,)), ((), ())))
        return (sums[0] + of_weights, sums[1] + grad.sum((0, 1, 3))), weights.T @ rows

    none = jnp.zeros_like(weights), jnp.zeros_like(mean)
    (of_weights, of_bias), of_patches = lax.scan(
        of_block, none, (patches, maps, extremes, of_extremes)
    )
    return of_patches, of_weights, of_bias, jnp.zeros_like(mean)


_pooled.defvjp(_pooled_fwd, _pooled_bwd)


def _rows(x: Array) -> Array:
    return x[None, None, :, None]


def _largest(x: Array) -> Array:
    """Returns the largest [D,N] of each window of x [3,3,D,N]."""
    return functools.reduce(jnp.maximum, (x[a, c] for a in range(3) for c in range(3)))


def _shared(is_extreme: Array, grad: Array) -> Array:
    """Returns the gradient [D,N] of the extremes as their pixels' [3,3,D,N]; see `pooled`.

    Written for all pixels at a time: the sum of nine padded parts that JAX would derive takes
    several times as long.
    """
    first, last = _shares(*is_extreme)  # [3,D,N], of a column
    of_columns = _shares(*(is_extreme[0] | is_extreme[1] | is_extreme[2]))  # [D,N]
    columns = _place(*(share.astype(grad.dtype) * grad for share in of_columns))
    rows = _place(*(share.astype(grad.dtype) * columns for share in (first, last)))
    return jnp.where(is_extreme, rows, 0)


def _shares(a: Array, b: Array, c: Array) -> tuple[Array, Array]:
    """Returns what max(max(x, y), z) gives of its gradient to x or y, and to z.

    a, b, c: bool, whether x, y and z are the largest. The shares hold for those that are.
    """
    half, whole = np.float32(0.5), np.float32(1)
    first = jnp.where(c, half, whole) * jnp.where(a & b, half, whole)
    return first, jnp.where(a | b, half, whole)


def _place(first: Array, last: Array) -> Array:
    """Returns three along a new axis: twice the first, then the last."""
    third = jnp.arange(3).reshape(3, *(1,) * first.ndim) == 2
    return jnp.where(third, last[None], first[None])
