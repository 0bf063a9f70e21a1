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

    def wave(self, name: str, replicas: int, updates: int) -> None:
        """Takes a wave that is done: its name, how many replicas it had, the updates it made."""
        self._finished += replicas
        self._made += updates
        if not self._console.is_terminal:
            say(self._console, self._line(name, time.monotonic() - self._since))

    def _line(self, name: str, seconds: float) -> str:
        left = ""
        if self._made and self._updates > self._made:
            rest = seconds * (self._updates - self._made) / self._made
            left = f", about {_written(rest)} left"
        return (
            f"{name}: done, {self._finished} of {self._replicas} in all; {_written(seconds)} "
            f"in this session{left}"
        )


def _written(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))
