"""What a pre-training says as it goes on: history.csv, pace.csv, log.txt, TensorBoard, a line."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import jax
import numpy as np

from mol_jax.errors import UserError
from mol_jax.files.cells import Table, write_cells
from mol_jax.pretraining.facts import FOLD
from mol_jax.pretraining.pace import Pace
from mol_jax.pretraining.room import Room
from mol_jax.pretraining.validation import Point
from mol_jax.scoring.history_csv import HistoryRow
from mol_jax.study.events import Events
from mol_jax.training import optim
from mol_jax.training.step import StepMetrics

PACE, TEXT = "pace.csv", "log.txt"
COLUMNS = ("step", "updates", "busy", "waited", "seconds")


class Log:
    """The log of one session, which goes on from a step."""

    def __init__(self, room: Room, start: int):
        self._room, self._start, self._files = room, start, ExitStack()
        self._history = [row for row in room.files.history() if row.step <= start]
        self._pace = [row for row in read_pace(room.files.folder) if row[0] <= start]
        self._since, self._cold = time.monotonic(), True

    def __enter__(self) -> "Log":
        events = Events(self._room.files.events, start=self._start)
        self._events = self._files.enter_context(events)
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

    def add(self, step: int, metrics: Sequence[StepMetrics], pace: Pace) -> bool:
        """Takes the updates up to a step; returns whether their numbers are finite."""
        mean = _mean(metrics)
        row = HistoryRow(
            fold=FOLD,
            trial=0,
            seed=self._room.seed,
            step=step,
            total=float(mean.total),
            terms={name: float(value) for name, value in mean.terms.items()},
            grad_norm=float(mean.grad_norm),
            finite=int(mean.finite),
        )
        self._history.append(row)
        self._add_pace(step, pace)
        schedule = self._room.config.optim.schedule
        rate = float(optim.rate(schedule, self._room.scalars, step - 1, xp=np))
        self._events.write(row, rate=rate, speed=pace.speed)
        parts = ", ".join(f"{name} {value:.3g}" for name, value in row.terms.items())
        self._say(
            f"step {step}: loss {row.total:.4g} ({parts}); {pace.speed:.3g} updates a second, the "
            f"devices waited {100 * pace.share:.0f} % of the time"
        )
        return bool(row.finite)

    def point(self, point: Point, *, best: bool) -> None:
        """Says what is held out is predicted like at a step."""
        told = {name: value for name, value in point.figures.items() if value is not None}
        parts = ", ".join(f"{name} {value:.4g}" for name, value in told.items())
        self._say(f"step {point.step}, held out: {parts}{' (the best so far)' * best}")

    def save(self) -> None:
        """Writes history.csv and pace.csv."""
        self._room.files.write_history(self._history)
        write_cells(self._room.files.folder / PACE, COLUMNS, self._pace)

    def _add_pace(self, step: int, pace: Pace) -> None:
        now = time.monotonic()
        seconds, self._since = now - self._since, now
        if self._cold:  # the first updates wait for what is compiled, and the first clips
            pace, self._cold = Pace(), False
        self._pace.append((step, pace.updates, pace.busy, pace.waited, seconds))

    def _say(self, text: str) -> None:
        self._room.say(text)


def _mean(metrics: Sequence[StepMetrics]) -> StepMetrics:
    """Returns the means of metrics on the host, and whether all of them are finite."""
    rows = jax.tree.map(lambda *leaves: np.stack(leaves), *jax.device_get(list(metrics)))
    return jax.tree.map(lambda leaf: leaf.all() if leaf.dtype == bool else leaf.mean(), rows)


def read_pace(folder: Path) -> list[tuple[Any, ...]]:
    """Returns the rows of pace.csv, none where it is not there or damaged: it decides nothing."""
    try:
        table = Table(folder / PACE)
        table.require(*COLUMNS)
        return [
            (cells.whole("step"), cells.whole("updates"), *map(cells.any_real, COLUMNS[2:]))
            for cells in table
        ]
    except UserError:
        return []
