"""A batch that is split over devices: what its rows have in common is of all of them.

A program that is mapped over an axis `DATA` of a mesh (`jax.shard_map`) is given a part of the
batch on each device, the parts equal and in the order of the axis. Everything else runs as if this
module were not there: no operation of it is in their programs.
"""

import jax
from jax import Array, lax

DATA = "data"  # the axis of the mesh


def axis() -> str | None:
    """Returns `DATA` while a program is traced that is mapped over it, else None."""
    return DATA if DATA in jax.sharding.get_abstract_mesh().manual_axes else None


def mean(x: Array) -> Array:
    """Returns the mean over all devices of what each has of its own part."""
    return x if axis() is None else lax.pmean(x, DATA)


def moments(mean_: Array, var: Array) -> tuple[Array, Array]:
    """Returns mean and variance of the whole batch from those of each part.

    The variance is the mean of the parts' own and the variance of their means: of two passes, as
    that of `layers.batch_norm`.
    """
    if axis() is None:
        return mean_, var
    whole = lax.pmean(mean_, DATA)
    return whole, lax.pmean(var + (mean_ - whole) ** 2, DATA)


def uniform(key: Array, shape: tuple[int, ...], dtype: jax.typing.DTypeLike) -> Array:
    """Draws numbers for the rows of a part, [rows, ...]: the same, however a batch is split.

    key: the same on all devices. They all draw for the whole batch and take their own rows.
    """
    if axis() is None:
        return jax.random.uniform(key, shape, dtype)
    rows, *rest = shape
    drawn = jax.random.uniform(key, (rows * lax.axis_size(DATA), *rest), dtype)
    return lax.dynamic_slice_in_dim(drawn, lax.axis_index(DATA) * rows, rows)


def own(key: Array) -> Array:
    """Returns a key of this device's part, for draws that are made in another way."""
    return key if axis() is None else jax.random.fold_in(key, lax.axis_index(DATA))


def slots(rows: int) -> Array:
    """Returns int32 [rows], the places of a part's rows in the whole batch."""
    here = jax.numpy.arange(rows)
    return here if axis() is None else lax.axis_index(DATA) * rows + here


def varying(tree):
    """Returns a tree that is the same on all devices, as one that may differ between them.

    A gradient with respect to it is of a part. The gradient with respect to what was given is their
    sum: it is taken once, where this is called.
    """
    return tree if axis() is None else jax.tree.map(_varying, tree)


def _varying(leaf: Array) -> Array:
    return lax.pcast(leaf, DATA, to="varying")
