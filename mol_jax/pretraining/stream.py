"""Batches of a source in a seeded order, drawn ahead, that go on where they were stopped.

The order is grain's: shuffled anew in each epoch, by the seed. A batch is a function of its number
alone, so the iterator's state is that number, and neither the processes that draw nor how far they
are ahead change a bit of it.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any

import grain
import numpy as np

from data_builders.disk.processes import pool
from mol_jax.data.clips import ClipTable
from mol_jax.errors import UserError
from mol_jax.pretraining.source import Example, Source, table_of

STATE = 256  # bytes of the iterator's state as a checkpoint has it


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
    source: Source, *, batch_size: int, seed: int, workers: int, ahead: int
) -> Iterator[Stream]:
    """Yields the stream of a source.

    workers: processes that draw; 0: a thread of this one. ahead: batches that are drawn before they
    are asked for.
    """
    if not workers:
        yield Stream(_batches(source, batch_size, seed, threads=1, ahead=ahead))
        return
    with pool(workers, _hold, source) as processes:
        remote = _Remote(processes, len(source))
        made = _batches(remote, batch_size, seed, threads=min(ahead, 2 * workers), ahead=ahead)
        try:
            yield Stream(made)
        finally:
            made.close()


def _batches(
    source: Any, batch_size: int, seed: int, *, threads: int, ahead: int
) -> grain.DatasetIterator:
    """Returns the batches. threads: that assemble one each."""
    examples = grain.MapDataset.source(source).shuffle(seed=seed % 2**32).repeat()
    batches = examples.batch(batch_size)
    read = grain.ReadOptions(num_threads=threads, prefetch_buffer_size=max(ahead, threads))
    return iter(batches.to_iter_dataset(read))


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
