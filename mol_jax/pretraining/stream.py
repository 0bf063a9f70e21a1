"""Batches of a source in a seeded order, drawn ahead, that go on where they were stopped.

The order is grain's: shuffled anew in each epoch, by the seed. A batch is a function of its number
alone, so the iterator's state is that number, and neither the processes that draw nor how far they
are ahead change a bit of it.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Protocol

import grain
import jax
import numpy as np

from data_builders.disk.processes import pool
from mol_jax.data.clips import ClipTable
from mol_jax.errors import UserError
from mol_jax.pretraining.source import Example, Source, stacked, table_of

STATE = 256  # bytes of the iterator's state as a checkpoint has it


class Indexed(Protocol):
    """Examples by their numbers."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> Example: ...


class Stream:
    """The batches of a source, one after another."""

    def __init__(self, batches: grain.DatasetIterator):
        self._batches = batches

    @property
    def state(self) -> np.ndarray:
        """Returns the state after the batch that was taken last, uint8 [STATE]."""
        text = json.dumps(self._batches.get_state()).encode()
        assert len(text) <= STATE, text
        return np.frombuffer(text.ljust(STATE), np.uint8).copy()

    def go_on(self, state: np.ndarray) -> None:
        """Makes the next batch the one that followed when a state was taken.

        Raises UserError where it is no such state.
        """
        try:
            self._batches.set_state(json.loads(bytes(state)))
        except (ValueError, KeyError, TypeError) as error:
            raise UserError(
                f"the place in the stream of clips that a checkpoint has cannot be read ({error}); "
                "was it written with another version of grain? Choose another --workdir."
            ) from error

    def take(self) -> ClipTable:
        """Returns the next batch; waits until it is drawn.

        Raises UserError where a process that draws was killed, or a clip cannot be read.
        """
        try:
            return table_of(next(self._batches))
        except BrokenProcessPool as error:
            raise UserError(
                "a process that draws clips was killed, probably for want of memory; run the same "
                "command with a smaller --config.pretrain.workers, and 0 for none."
            ) from error


@contextmanager
def stream(
    source: Source, *, batch_size: int, seed: int, workers: int, ahead: int, keep: float = 0.0
) -> Iterator[Stream]:
    """Yields the stream of a source.

    workers: processes that draw; 0: a thread of this one. ahead: batches that are drawn before they
    are asked for. keep: gigabytes of clips that stay in memory for the next epochs.
    """
    with drawing(source, workers) as drawn:
        kept = Kept(drawn, keep)
        threads = min(ahead, 2 * workers) or 1
        made = _batches(kept, batch_size, seed, threads=threads, ahead=ahead)
        try:
            yield Stream(made)
        finally:
            made.close()


@contextmanager
def drawing(source: Source, workers: int) -> Iterator[Indexed]:
    """Yields a source, or what has its examples drawn by so many other processes."""
    if not workers:
        yield source
        return
    with pool(workers, _hold, source) as processes:
        yield _Remote(processes, len(source))


def gathered(source: Source, count: int, workers: int) -> ClipTable:
    """Returns the first examples of a source as a table, which has so many, drawn in parallel."""
    with drawing(source, workers) as drawn, ThreadPoolExecutor(2 * workers or 1) as threads:
        return stacked(list(threads.map(drawn.__getitem__, range(count))))


def _batches(
    source: Indexed, batch_size: int, seed: int, *, threads: int, ahead: int
) -> grain.DatasetIterator:
    """Returns the batches. threads: that assemble one each."""
    examples = grain.MapDataset.source(source).shuffle(seed=seed % 2**32).repeat()
    batches = examples.batch(batch_size)
    read = grain.ReadOptions(num_threads=threads, prefetch_buffer_size=max(ahead, threads))
    return iter(batches.to_iter_dataset(read))


class Kept:
    """A source whose examples stay in memory once they were drawn, as far as there is room.

    What is drawn twice is the same, so that only the time it takes depends on the room.
    """

    def __init__(self, source: Indexed, gigabytes: float):
        self._source, self._room = source, gigabytes * 1e9
        self._held: dict[int, Example] = {}

    def __len__(self) -> int:
        return len(self._source)

    def __getitem__(self, index: int) -> Example:
        found = self._held.get(index)
        if found is None:
            found = self._source[index]
            self._room -= sum(leaf.nbytes for leaf in jax.tree.leaves(found))
            if self._room >= 0:
                self._held[index] = found
        return found


class _Remote:
    """A source whose examples are drawn by other processes."""

    def __init__(self, processes: ProcessPoolExecutor, length: int):
        self._processes, self._length = processes, length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: int) -> Example:
        return self._processes.submit(_drawn, int(index)).result()


_source: Source | None = None  # of this process, which draws for another


def _hold(source: Source) -> None:
    global _source  # noqa: PLW0603 - a pool's processes have nothing else in common
    _source = source


def _drawn(index: int) -> Example:
    assert _source is not None
    return _source[index]
