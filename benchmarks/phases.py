"""Where the seconds of a command go: functions of the project wrapped from outside, by phase.

A phase has the seconds that the main thread spent in its functions and in no phase inside them, so
phases add up to the whole. What other threads compile is counted apart.
"""

import functools
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

COMPILED = "/jax/core/compile/backend_compile_duration"


class Phases:
    """Seconds by phase. `start` is when the command was launched, in seconds of time.time().

    seconds: of the main thread. processor: seconds that all threads of the process worked
    meanwhile. calls: of each phase. compiled: seconds that XLA took for programs, in the main
    thread and in others.
    """

    def __init__(self, start: float):
        self.seconds: dict[str, float] = defaultdict(float)
        self.processor: dict[str, float] = defaultdict(float)
        self.calls: dict[str, int] = defaultdict(int)
        self.compiled = {"main": 0.0, "others": 0.0}
        self._stack, self._since, self._worked = ["imports"], start, 0.0

    def wrap(self, owner: Any, name: str, phase: str, *, first: str | None = None) -> None:
        """Counts what `owner.name` takes as `phase`, and its first call as `first`."""
        inner: Callable[..., Any] = getattr(owner, name)

        @functools.wraps(inner)
        def timed(*arguments: Any, **more: Any) -> Any:
            at = first if first and not self.calls[first] else phase
            with self.phase(at):
                return inner(*arguments, **more)

        setattr(owner, name, timed)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Counts what is inside as a phase, unless another thread is at work."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        self._lap()
        self._stack.append(name)
        self.calls[name] += 1
        try:
            yield
        finally:
            self._lap()
            self._stack.pop()

    def enter(self, name: str) -> None:
        """Ends the phase that the main thread is in, and begins another in its place."""
        self._lap()
        self._stack[-1] = name

    def on_duration(self, event: str, duration_secs: float, **_: Any) -> None:
        """Listens to JAX (`jax.monitoring`)."""
        if event == COMPILED:
            main = threading.current_thread() is threading.main_thread()
            self.compiled["main" if main else "others"] += duration_secs

    def finish(self) -> dict[str, tuple[float, float]]:
        """Returns seconds and processor seconds of each phase, in the order in which they ended."""
        self._lap()
        return {name: (of, self.processor[name]) for name, of in self.seconds.items()}

    def _lap(self) -> None:
        now, worked = time.time(), time.process_time()
        self.seconds[self._stack[-1]] += now - self._since
        self.processor[self._stack[-1]] += worked - self._worked
        self._since, self._worked = now, worked
