"""A thread that writes while training goes on: one job at a time, and no error lost."""

from collections.abc import Callable
from concurrent import futures
from types import TracebackType


class Writer:
    """One thread that does one job at a time, in the order in which they are handed to it.

    What a job raises is raised again in the thread that handed it: by `wait`, by the next `hand`,
    by `check`, and when the block is left. A block that is left by an error waits for the job as
    well, and raises that error alone.
    """

    def __init__(self) -> None:
        self._pool = futures.ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._job: futures.Future[None] | None = None

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: TracebackType | object) -> None:
        try:
            self._pool.shutdown()  # waits
        finally:  # a Ctrl-C that comes meanwhile ends no job half-way, either
            self._pool.shutdown()
        if kind is None:
            self.wait()

    def hand(self, job: Callable[[], None]) -> None:
        """Starts a job once the one before is done."""
        self.wait()
        self._job = self._pool.submit(job)

    def wait(self) -> None:
        """Returns when nothing is left to do."""
        if self._job is None:
            return
        futures.wait([self._job])
        job, self._job = self._job, None
        job.result()

    def check(self) -> None:
        """Raises what a job raised that is done; does not wait."""
        if self._job is not None and self._job.done():
            self.wait()
