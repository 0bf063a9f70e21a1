"""How long the devices compute and how long they wait for clips, by the clock of both.

An update begins when it is launched or when the one before is done, whichever is later. The time in
between, when nothing was launched and the last update was done, the devices waited.
"""

import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import jax

AHEAD = 2  # updates that are launched and not done: more would hold more batches on a device


@dataclass(frozen=True)
class Pace:
    """Of some updates: their number, seconds of computing, seconds that devices waited."""

    updates: int = 0
    busy: float = 0.0
    waited: float = 0.0

    def __add__(self, other: "Pace") -> "Pace":
        return Pace(
            self.updates + other.updates, self.busy + other.busy, self.waited + other.waited
        )

    @property
    def share(self) -> float:
        """Returns the share of all time in which the devices waited; 0 where none passed."""
        return self.waited / (self.busy + self.waited) if self.busy + self.waited else 0.0

    @property
    def speed(self) -> float:
        """Returns updates per second; 0 where none were made."""
        return self.updates / (self.busy + self.waited) if self.updates else 0.0


class Clock:
    """Times updates as they are launched, without waiting for the one that is launched."""

    def __init__(self) -> None:
        self._watcher = ThreadPoolExecutor(1, thread_name_prefix="pace")
        self._launched: deque[tuple[float, Future[float]]] = deque()
        self._last: float | None = None  # when the update before was done; None after a pause
        self._pace = Pace()

    def __enter__(self) -> "Clock":
        return self

    def __exit__(self, *_: object) -> None:
        self._watcher.shutdown()

    def room(self) -> None:
        """Waits until another update may be launched."""
        while len(self._launched) >= AHEAD:
            self._take()

    def launch(self, since: float, result: Any) -> None:
        """Takes an update that was launched at `since`, by time.monotonic, and its result."""
        self._launched.append((since, self._watcher.submit(_done, result)))

    def lap(self) -> Pace:
        """Waits for all updates; returns the pace since the last lap.

        What is done until the next update is launched is no waiting.
        """
        while self._launched:
            self._take()
        pace, self._pace, self._last = self._pace, Pace(), None
        return pace

    def _take(self) -> None:
        since, future = self._launched.popleft()
        done = future.result()
        begun = since if self._last is None else max(since, self._last)
        waited = 0.0 if self._last is None else max(0.0, since - self._last)
        self._pace += Pace(1, done - begun, waited)
        self._last = done


def _done(result: Any) -> float:
    jax.block_until_ready(result)
    return time.monotonic()
