"""The training losses of a study and the time it took, kept over interruptions."""

import time

from mol_jax.replicas import Replica, describe_device
from mol_jax.rows import HistoryRow
from mol_jax.workdir import Workdir


class History:
    """history.csv and runtime.json while they grow."""

    def __init__(self, files: Workdir):
        self._files = files
        self._rows = files.history()
        self._runtime = files.runtime()
        self._since = time.monotonic()

    def start(self, replica: Replica, step: int) -> None:
        """Drops the rows of a replica that come after the step it starts from."""
        self._rows = [r for r in self._rows if not (_of(r, replica) and r.step > step)]
        self._warm = False

    def add(self, row: HistoryRow, *, steps: int, seconds: float) -> None:
        """Takes the row of a chunk that made `steps` updates in `seconds`.

        The first chunk of a replica may compile, so it counts as training but not for the speed.
        """
        self._rows.append(row)
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
        self._files.write_history(self._rows)
        self._files.write_runtime(self._runtime)

    def summary(self) -> dict[str, float | str | None]:
        """Returns the runtime as metrics.json has it, summed over the sessions of the study."""
        held = self._runtime
        speed = held.timed_steps / held.timed_seconds if held.timed_seconds else None
        return {
            "seconds": round(held.seconds, 1),
            "train_seconds": round(held.train_seconds, 1),
            "steps_per_second": round(speed, 2) if speed else None,
            "device": describe_device(),
        }


def _of(row: HistoryRow, replica: Replica) -> bool:
    return (row.trial, row.seed, row.fold) == (replica.trial, replica.seed, replica.fold.name)
