"""Updates a second against one size at a time, around a small or the paper's model."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ml_collections import ConfigDict

from configs import casme2, synthetic
from configs.networks import ststnet
from mol_jax import settings
from mol_jax.training import timing
from mol_jax.training.devices import resolve_loop
from mol_jax.training.engine import Engine
from mol_jax.training.program import make_program

CLASSES, FOLDS = 3, 8
ROUNDS = 3  # all points of an axis in turn, the fastest of each counts
# The names of axes are fields of a config, but for the rows of the table.
AXES: dict[str, dict[str, tuple[int, ...]]] = {
    "small": {
        "train.batch_size": (4, 12, 24),
        "rows": (48, 144, 442),
        "runtime.group": (1, 2, 4),
        "runtime.devices": (1, 2),
        "data.frames": (2, 4, 8),
        "data.crop": (64, 128, 192),
    },
    "paper": {
        "train.batch_size": (8, 16, 32, 64),
        "runtime.group": (1, 2, 4),
        "runtime.devices": (1, 2, 4, 8),
        "data.frames": (4, 8, 16),
        "rows": (145, 246, 442),
    },
    "tiny": {"train.batch_size": (4, 6)},
}
ROWS = {"small": 48, "paper": 246, "tiny": 12}


class Point(NamedTuple):
    """update: seconds of a wave's update. slots: replicas of a wave. compile: seconds."""

    axis: str
    value: int
    update: float
    slots: int
    compile: float

    @property
    def rate(self) -> float:
        """Returns updates of a replica a second."""
        return self.slots / self.update


class _Timed:
    """A compiled program with the states of a wave, which is timed again and again."""

    def __init__(self, config: ConfigDict, rows: int):
        self._chunk = config.train.log_every if resolve_loop(config.runtime.loop) == "scan" else 0
        program = make_program(config, num_classes=CLASSES)
        self._engine = Engine(
            lambda auto: make_program(config, num_classes=CLASSES, auto=auto),
            timing.random_table(program, clips=rows),
            loop=config.runtime.loop,
            group=config.runtime.group,
            devices=config.runtime.devices,
        )
        self.slots = self._engine.slots
        replicas = timing.random_replicas(self.slots, clips=rows, folds=FOLDS)
        self._wave = self._engine.wave(replicas, [settings.scalars(config)] * self.slots)
        self._state = timing.some_state(self._engine)
        self.compile, self.update = 0.0, math.inf

    def time(self) -> None:
        found, self._state = timing.time_updates(
            self._engine, self._wave, self._state, chunk=self._chunk
        )
        self.compile = max(self.compile, found.compile)
        self.update = min(self.update, found.update)


def base(model: str) -> ConfigDict:
    """Returns the config that is varied around; one device, one replica on it."""
    files = {"small": synthetic, "paper": casme2, "tiny": ststnet}
    config = files[model].get_config()
    with config.unlocked():
        config.runtime.devices = 1
        if model == "paper":
            config.model.dtype = "bfloat16"
        if model == "tiny":
            config.runtime.loop = "host"
            config.train.batch_size = 4
    return config


def points(model: str, axes: Sequence[str], *, devices: int) -> Iterator[list[Point]]:
    """Yields the points of each axis of a model, its sizes varied alone.

    devices: how many there are; more are left out.
    """
    for axis in axes:
        values = AXES[model][axis]
        if axis == "runtime.devices":
            values = tuple(value for value in values if value <= devices)
        timed = {value: _Timed(*_varied(model, {axis: value})) for value in values}
        for _ in range(ROUNDS):
            for one in timed.values():
                one.time()
        yield [
            Point(axis, value, one.update, one.slots, one.compile) for value, one in timed.items()
        ]


def _varied(model: str, change: Mapping[str, Any]) -> tuple[ConfigDict, int]:
    config = base(model)
    fields = {name: value for name, value in change.items() if name != "rows"}
    config.update_from_flattened_dict(fields)
    settings.check(config)
    return config, change.get("rows", ROWS[model])
