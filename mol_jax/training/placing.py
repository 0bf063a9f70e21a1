"""What a wave is given, placed on its devices from the host: `fetching` is the way back.

A wave that is not full is padded by repeating its last replica; what the padding computes is thrown
away.
"""

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding
from jax.sharding import PartitionSpec as P

from mol_jax.data.clips import Leaf
from mol_jax.training.compiled import REPLICA


def placed(trees: Iterable[Any], mesh: Mesh, group: int) -> Any:
    """Returns up to W trees as one on the devices, the last repeated where there are fewer.

    mesh: of devices, along `REPLICA`. group: replicas on each; W is devices × group.
    """
    remaining, parts = _padded(trees), []
    for device in mesh.devices:
        mine = itertools.islice(remaining, group)
        parts.append(jax.device_put(jax.tree.map(_stacked, *mine), device))
    sharding = NamedSharding(mesh, P(REPLICA))

    def joined(*leaves: jax.Array) -> jax.Array:
        shape = (mesh.size * group, *leaves[0].shape[1:])
        return jax.make_array_from_single_device_arrays(shape, sharding, list(leaves))

    return jax.tree.map(joined, *parts)


def shapes_of(tree: Any, sharding: NamedSharding | None = None) -> Any:
    """Returns the shapes and types of a tree; they are sharded as its arrays are, or as given."""

    def shape(leaf: Any) -> jax.ShapeDtypeStruct:
        return jax.ShapeDtypeStruct(leaf.shape, leaf.dtype, sharding=sharding or leaf.sharding)

    return jax.tree.map(shape, tree)


def _padded(trees: Iterable[Any]) -> Iterator[Any]:
    """Yields the trees, then the last of them again and again."""
    tree = None
    for tree in trees:
        yield tree
    yield from itertools.repeat(tree)


def _stacked(*leaves: Leaf) -> Leaf:
    """Stacks leaves on the host; PRNG keys, of which NumPy knows nothing, on a device."""
    return (jax.numpy if isinstance(leaves[0], jax.Array) else np).stack(leaves)
