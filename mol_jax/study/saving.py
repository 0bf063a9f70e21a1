"""When the training states of a wave are saved, and how: fetched at once, written behind it.

The device waits for the fetch and no longer, since its next update overwrites the states. History
and points go to disk before the states that need them, so that a kill between two files loses
nothing: what comes after the newest state is dropped when training goes on.
"""

import functools
import time
from collections.abc import Sequence

import jax
import numpy as np
from ml_collections import ConfigDict

from mol_jax.study.checkpoints import Checkpoints
from mol_jax.study.study import Study
from mol_jax.study.validation import Evaluation
from mol_jax.study.writer import Writer
from mol_jax.training.fetching import take_replicas
from mol_jax.training.replicas import Wave
from mol_jax.training.step import FoldState


class Saving:
    """The saves of a wave while it trains; the clock starts as it does."""

    def __init__(self, study: Study, wave: Wave, points: Evaluation, writer: Writer):
        self._study, self._wave, self._points, self._writer = study, wave, points, writer
        self._train = study.trials[wave.replicas[0].trial].config.train
        self._since = time.monotonic()

    def due(self, step: int) -> bool:
        """Tells whether to save at a step: by the steps or by the clock, and never at the last."""
        return is_due(self._train, step, since=self._since)

    def save(self, state: FoldState) -> None:
        """Fetches the states and hands them to the writer, once it has written those before.

        Raises what the writer raised. The states may be donated afterwards.
        """
        self._writer.wait()  # else two waves' states were held on the host
        self._study.history.save()
        self._points.save()
        replicas = self._wave.replicas
        held = dict(zip((one.name for one in replicas), fetch(state, len(replicas)), strict=True))
        self._writer.hand(functools.partial(_write, self._study.checkpoints, held))
        self._since = time.monotonic()


def is_due(train: ConfigDict, step: int, *, since: float) -> bool:
    """Tells whether config.train wants a state saved at a step.

    since: when one was saved last, in `time.monotonic()`.
    """
    every, seconds = train.save_every, 60 * train.save_minutes
    by_steps = every > 0 and step % every == 0
    by_clock = seconds > 0 and time.monotonic() - since >= seconds
    return step < train.steps and (by_steps or by_clock)


def fetch(state: FoldState, count: int) -> Sequence[FoldState]:
    """Returns the states of the first replicas of a wave on the host, in memory of their own.

    What is fetched of a CPU is a view of the device's memory, of which nobody promises that the
    next update leaves it alone.
    """
    first, *_ = jax.tree.leaves(state)
    viewed = any(device.platform == "cpu" for device in first.devices())
    held = take_replicas(state, range(count))
    return [jax.tree.map(np.array, one) if viewed else one for one in held]


def _write(checkpoints: Checkpoints, states: dict[str, FoldState]) -> None:
    for name, state in states.items():
        checkpoints.save(name, state)
