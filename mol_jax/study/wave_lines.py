"""Progress in a log: a line for each wave, with the time that is left."""

import time
from datetime import timedelta

from rich.console import Console

from mol_jax.terminal.sentence import say


class Lines:
    """Prints nothing on a terminal, where a bar is shown."""

    def __init__(self, console: Console, *, replicas: int, finished: int, updates: int):
        """replicas: of the study, of which some are finished. updates: that are still to be made.

        An update is one of one replica.
        """
        self._console, self._replicas, self._finished = console, replicas, finished
        self._updates, self._made = updates, 0
        self._since = time.monotonic()
        self._first: tuple[float, int] | None = None  # seconds and updates of the first wave

    def wave(self, name: str, replicas: int, updates: int) -> None:
        """Takes a wave that is done: its name, how many replicas it had, the updates it made."""
        self._finished += replicas
        self._made += updates
        if not self._console.is_terminal:
            say(self._console, self._line(name, time.monotonic() - self._since))

    def _line(self, name: str, seconds: float) -> str:
        left = ""
        if self._made and self._updates > self._made:
            left = f", {self._left(seconds)} left"
        return (
            f"{name}: done, {self._finished} of {self._replicas} in all; {_written(seconds)} "
            f"in this session{left}"
        )

    def _left(self, seconds: float) -> str:
        """Writes the time that is left: by the later waves, for the first one compiles."""
        begun, made = self._first or (0.0, 0)
        self._first = self._first or (seconds, self._made)
        rest = (seconds - begun) * (self._updates - self._made) / max(self._made - made, 1)
        return f"{'about' if made else 'at most'} {_written(rest)}"


def _written(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))
