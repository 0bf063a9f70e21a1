"""The training losses of a study and the time it took, kept over interruptions."""

import time
from collections.abc import Sequence

from mol_jax.scoring.history_csv import HistoryRow
from mol_jax.study.workdir import Workdir
from mol_jax.training.devices import describe_device
from mol_jax.training.replicas import Replica


class History:
    """history.csv and runtime.json while they grow."""

    def __init__(self, files: Workdir, replicas: Sequence[Replica]):
        """replicas: all of the study's, in the order of its tables, however waves mix them."""
        self._files = files
        self._rows = files.history()
        self._runtime = files.runtime()
        self._since = time.monotonic()
        self._warm = False
        self._order = {replica.key: place for place, replica in enumerate(replicas)}

    def start(self, replicas: Sequence[Replica], step: int) -> None:
        """Drops the rows of a wave's replicas that come after the step it starts from."""
        keys = {replica.key for replica in replicas}
        self._rows = [
            r for r in self._rows if not ((r.trial, r.seed, r.fold) in keys and r.step > step)
        ]
        self._warm = False

    def add(self, row: HistoryRow) -> None:
        """Takes the row of one replica's chunk."""
        self._rows.append(row)

    def time(self, *, steps: int, seconds: float) -> None:
        """Takes the time of a wave's chunk that made `steps` updates, over all its replicas.

        The first chunk of a wave may compile, so it counts as training but not for the speed.
        """
        self._runtime.train_seconds += seconds
        if self._warm:
            self._runtime.timed_steps += steps
            self._runtime.timed_seconds += seconds
        self._warm = True

    def save(self) -> None:
        """Writes both files."""
        now = time.monotonic()
        self._runtime.seconds += now - self._since
        self._since = now
        last = len(self._order)
        self._rows.sort(key=lambda r: (self._order.get((r.trial, r.seed, r.fold), last), r.step))
        self._files.write_history(self._rows)
        self._files.write_runtime(self._runtime)

    def summary(self) -> dict[str, float | str | None]:
        """Returns the runtime as metrics.json has it, summed over the sessions of the study.

        steps_per_second: updates of any replica, so those side by side add up.
        """
        held = self._runtime
        speed = held.timed_steps / held.timed_seconds if held.timed_seconds else None
        return {
            "seconds": round(held.seconds, 1),
            "train_seconds": round(held.train_seconds, 1),
            "steps_per_second": round(speed, 2) if speed else None,
            "device": describe_device(),
        }
