"""Where the time of a prediction goes."""

import contextlib
import time
from collections.abc import Iterator

READING, FACES, ALIGNING = "reading", "faces", "alignment and flow"
NETWORK, SPOTTING = "network", "spotting"


class Clock:
    """Seconds by what they were spent on. What runs inside of another part is not its own."""

    def __init__(self):
        self.seconds: dict[str, float] = {}
        self._began = time.perf_counter()
        self._inner = [0.0]

    def restart(self) -> None:
        """Forgets all until now, as the seconds that a camera films are no work."""
        self.seconds.clear()
        self._began = time.perf_counter()

    @contextlib.contextmanager
    def spends(self, what: str) -> Iterator[None]:
        """Counts what runs within it as `what`."""
        start = time.perf_counter()
        self._inner.append(0.0)
        try:
            yield
        finally:
            taken = time.perf_counter() - start
            own = taken - self._inner.pop()
            self._inner[-1] += taken
            self.seconds[what] = self.seconds.get(what, 0.0) + own

    @property
    def total(self) -> float:
        """Returns the seconds since it began."""
        return time.perf_counter() - self._began
