"""What the parts share: the sizes, the time that is left, and what is compiled already."""

import dataclasses
import functools
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from benchmarks.device import models
from benchmarks.device.chunk import Chunk
from benchmarks.device.models import Model

T = TypeVar("T")
TOGETHER = 6  # programs that are compiled at the same time


@dataclasses.dataclass(frozen=True)
class Clock:
    """When the command has to end, in `time.monotonic()`."""

    end: float

    @property
    def left(self) -> float:
        """Returns the seconds that are left."""
        return self.end - time.monotonic()


@dataclasses.dataclass(frozen=True, eq=False)
class Bench:
    """One run of the command.

    tiny: whether everything is at sizes for a test. whole: whether the study is trained to its end.
    """

    tiny: bool
    whole: bool
    clock: Clock

    @functools.cache  # noqa: B019  a bench lives as long as its process
    def model(self, name: str) -> Model:
        """Returns one of `models.NAMES`; where everything is tiny, one small network for all."""
        if self.tiny and name != models.SMALLEST:
            return self.model(models.SMALLEST)
        return models.make(name, tiny=self.tiny)

    @functools.cache  # noqa: B019
    def chunk(self, name: str, dtype: str) -> Chunk:
        """Returns some compiled updates of one replica of a model, compiled once in a run."""
        if self.tiny and (name, dtype) != (models.SMALLEST, "float32"):
            return self.chunk(models.SMALLEST, "float32")
        return Chunk(self.model(name), dtype)

    def steps(self, wanted: int) -> int:
        """Returns how many updates to time: a few where everything is tiny."""
        return min(wanted, 2) if self.tiny else wanted


def together(jobs: Sequence[Callable[[], T]]) -> Iterable[T | Exception]:
    """Yields what each job returns, or the error that it ends in, in their order.

    They run in threads: a compiler leaves Python's lock alone, and compiling is most of the time.
    """
    with ThreadPoolExecutor(TOGETHER) as pool:
        for future in [pool.submit(job) for job in jobs]:
            error: Any = future.exception()
            if error is not None and not isinstance(error, Exception):
                raise error
            yield error or future.result()
