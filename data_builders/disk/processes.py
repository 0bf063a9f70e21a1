"""A pool of processes, one per core."""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any

import cv2

from mol_jax import interrupts
from mol_jax.errors import UserError

THREAD_SECONDS = 5.0  # a pool's thread ends when its processes are dead, or never


class _Process(SpawnProcess):
    """A process that never hears Ctrl-C or SIGTERM, which a terminal and Slurm send to the whole
    group: they are the parent's to handle, and a process that hears them in its imports prints a
    traceback.
    """

    def start(self) -> None:
        """Starts it with the signals blocked, which a child inherits.

        They are handled when it is started: stopped in between, this process would leave it with
        nothing to read, and with its traceback on the screen.
        """
        with interrupts.later():
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
            try:
                super().start()
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Context(SpawnContext):
    """spawn: the caller may hold a running JAX, whose threads do not survive a fork."""

    Process = _Process


@contextlib.contextmanager
def pool(
    workers: int, start: Callable[..., None] | None = None, *arguments: Any
) -> Iterator[ProcessPoolExecutor]:
    """Yields a ProcessPoolExecutor, each of whose processes calls start(*arguments) first.

    Raises:
      UserError: if one of them is killed.
    """
    others, threads = set(multiprocessing.active_children()), set(threading.enumerate())
    processes = ProcessPoolExecutor(workers, _Context(), _start, (start, arguments))
    try:
        yield processes
        processes.shutdown()
    except BrokenProcessPool as error:
        raise UserError(
            "a worker process was killed, probably for want of memory: try again with --workers=1 "
            "(and in a script of your own, build under if __name__ == '__main__')"
        ) from error
    finally:
        # Not waited for: a worker that was killed over a result would be, for ever.
        processes.shutdown(wait=False, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - others:
            child.kill()
            child.join()
        for thread in filter(_of_a_pool, set(threading.enumerate()) - threads):
            thread.join(THREAD_SECONDS)  # it holds semaphores, which a process must not leave


def _of_a_pool(thread: threading.Thread) -> bool:
    """Tells a pool's two threads from what else was started meanwhile, as what compiles ahead."""
    is_manager = type(thread).__module__ == ProcessPoolExecutor.__module__
    return is_manager or thread.name == "QueueFeederThread"


def _start(start: Callable[..., None] | None, arguments: tuple) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    cv2.setNumThreads(1)  # one process per core already
    if start is not None:
        start(*arguments)


def _end_with_parent() -> None:
    """Ends this process when its parent was killed: it would wait for work for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "a pool's processes have one"
    wait([parent.sentinel])
    os._exit(1)


def default_workers() -> int:
    """One process per core this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
