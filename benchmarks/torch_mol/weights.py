"""Flax variables as arrays in PyTorch's names and layouts. Needs no PyTorch."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

NAMES = {"kernel": "weight", "scale": "weight", "mean": "running_mean", "var": "running_var"}
FLATTENED = ("mer_head", "landmark_head")  # their `hidden` reads a map, channels last of all


def to_torch(tree: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Returns params, batch_stats or gradients of `Mol` by the names of `network.Mol`."""
    return dict(_leaves(tree, tree, ()))


def _leaves(
    top: Mapping[str, Any], tree: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[str, np.ndarray]]:
    for name, leaf in tree.items():
        if isinstance(leaf, Mapping):
            yield from _leaves(top, leaf, (*path, name))
            continue
        array = np.asarray(leaf)
        if name == "kernel" and path[0] in FLATTENED and path[1] == "hidden":
            array = _channels_first(array, top[path[0]]["conv"]["bias"].shape[0])
        if name == "kernel":
            array = _kernel(array, transposed=path[-1].startswith(("up", "deconv")))
        yield ".".join((*path, NAMES.get(name, name))), np.ascontiguousarray(array)


def _kernel(kernel: np.ndarray, *, transposed: bool) -> np.ndarray:
    """[...,C,D] → [D,C,...], or [C,D,...] for a transposed convolution."""
    places = range(kernel.ndim - 2)
    inputs, outputs = kernel.ndim - 2, kernel.ndim - 1
    ends = (inputs, outputs) if transposed else (outputs, inputs)
    return kernel.transpose(*ends, *places)


def _channels_first(kernel: np.ndarray, channels: int) -> np.ndarray:
    """Rows in the order (place, channel) → (channel, place)."""
    return kernel.reshape(-1, channels, kernel.shape[1]).swapaxes(0, 1).reshape(kernel.shape)
