"""The training losses of a wave: fetched from the devices, kept in history.csv and TensorBoard."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import numpy as np

from mol_jax.scoring.history_csv import HistoryRow
from mol_jax.study.checkpoints import replica_folder
from mol_jax.study.events import Events
from mol_jax.study.study import Study
from mol_jax.training import optim
from mol_jax.training.fetching import chunk_metrics
from mol_jax.training.replicas import Replica, Wave
from mol_jax.training.step import StepMetrics


class WaveLog:
    """The training losses of a wave, fetched from the devices while the next chunk runs.

    alive: bool, one per replica, False once it was seen to diverge; what it computes from then on
    is not logged.
    """

    def __init__(self, study: Study, wave: Wave, start: int, *, finite: np.ndarray):
        self._study, self._wave, self._files = study, wave, ExitStack()
        self._pending: tuple[int, list[StepMetrics]] | None = None
        self._step, self._since = start, time.monotonic()
        self.alive = finite[: len(wave.replicas)].copy()
        study.history.start(wave.replicas, start)

    def __enter__(self) -> "WaveLog":
        folders = [replica_folder(self._study.files.events, r.name) for r in self._wave.replicas]
        with ExitStack() as opening:
            self._events = [
                opening.enter_context(Events(folder, start=self._step)) for folder in folders
            ]
            self._files = opening.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._files:
            if kind is None:
                self.flush()

    def add(self, step: int, metrics: list[StepMetrics]) -> None:
        """Takes the chunk that ends at `step` and was just started; logs the one before."""
        self.flush()
        self._pending = step, metrics

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Logs what is pending; what is done meanwhile is not time of training."""
        self.flush()
        yield
        self._since = time.monotonic()

    def flush(self) -> None:
        """Logs the chunk that was added last, once it is done."""
        if self._pending is None:
            return
        (step, metrics), self._pending = self._pending, None
        means = chunk_metrics(metrics)
        now = time.monotonic()
        seconds, steps = now - self._since, step - self._step
        self._study.history.time(steps=steps * int(self.alive.sum()), seconds=seconds)
        for slot, replica in enumerate(self._wave.replicas):
            if self.alive[slot]:
                row = _history_row(replica, step, means, slot)
                self._study.history.add(row)
                rate = _rate(self._study, replica, step)
                self._events[slot].write(row, rate=rate, speed=steps / seconds)
        self.alive &= means.finite[: len(self.alive)]
        self._step, self._since = step, now


def _rate(study: Study, replica: Replica, step: int) -> float:
    """Returns the learning rate of the update that reached `step`."""
    schedule = study.trials[replica.trial].config.optim.schedule
    return float(optim.rate(schedule, study.scalars(replica), step - 1, xp=np))


def _history_row(replica: Replica, step: int, means: StepMetrics, slot: int) -> HistoryRow:
    return HistoryRow(
        fold=replica.fold.name,
        trial=replica.trial,
        seed=replica.seed,
        step=step,
        total=float(means.total[slot]),
        terms={name: float(values[slot]) for name, values in means.terms.items()},
        grad_norm=float(means.grad_norm[slot]),
        finite=int(means.finite[slot]),
    )
