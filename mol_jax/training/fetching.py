"""What a wave computed, fetched from its devices to the host."""

import collections
import functools
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import jax
import numpy as np

from mol_jax.training.step import FoldState, StepMetrics

AHEAD = 2  # batches of predictions that are launched beyond the one that is waited for


def fetched(launched: Iterable[Any]) -> Iterator[Any]:
    """Yields results on the host, in their order; a device never waits for one to be fetched.

    No more than `AHEAD` + 1 are on a device at once: of dense predictions a batch is large.
    """
    waiting: collections.deque[Any] = collections.deque()
    for result in launched:
        waiting.append(result)
        if len(waiting) > AHEAD:
            yield jax.device_get(waiting.popleft())
    while waiting:
        yield jax.device_get(waiting.popleft())


def take_replicas(state: FoldState, slots: Iterable[int]) -> Iterator[FoldState]:
    """Yields the states of some replicas of a wave on the host, fetching a device's at a time."""
    first, *_ = jax.tree.leaves(state)
    width = first.addressable_shards[0].data.shape[0]  # replicas on a device
    for device, mine in itertools.groupby(slots, key=lambda slot: slot // width):
        held = jax.tree.map(functools.partial(_on_device, device * width), state)
        for slot in mine:
            yield jax.tree.map(lambda leaf, s=slot % width: leaf[s, ...], held)


def take_replica(state: FoldState, slot: int) -> FoldState:
    """Returns the state of one replica of a wave, on the host."""
    return next(take_replicas(state, [slot]))


def _on_device(start: int, leaf: jax.Array) -> np.ndarray:
    """Returns the shard of a leaf that begins at slot `start`."""
    shards = leaf.addressable_shards
    return np.asarray(next(s.data for s in shards if (s.index[0].start or 0) == start))


def chunk_metrics(steps: Sequence[StepMetrics]) -> StepMetrics:
    """Waits for the updates of `Engine.advance`; returns their mean metrics, each NumPy [W]."""
    steps = jax.device_get(list(steps))

    def joined(*leaves):
        rows = np.stack(leaves) if leaves[0].ndim == 1 else leaves[0].swapaxes(0, 1)
        return rows.all(0) if rows.dtype == bool else rows.mean(0)

    return jax.tree.map(joined, *steps)
