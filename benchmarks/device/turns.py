"""The updates of an engine, as a study makes them, timed in turns with those of others."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.device.models import Model
from benchmarks.device.result_file import said
from mol_jax.training.engine import Engine
from mol_jax.training.fetching import chunk_metrics
from mol_jax.training.program import make_program
from mol_jax.training.replicas import Wave
from mol_jax.training.step import FoldState

ROUNDS = 3


class Turn:
    """`steps` updates of a wave, after the call that compiles them."""

    def __init__(self, engine: Engine, wave: Wave, state: FoldState, steps: int):
        self.folds, self.steps = len(wave.replicas), steps
        self._engine, self._wave, self._state = engine, wave, state
        began = time.perf_counter()
        self()
        self.ready_seconds = time.perf_counter() - began

    def __call__(self) -> None:
        self._state, metrics = self._engine.advance(self._wave, self._state, self.steps)
        chunk_metrics(metrics)


def engine_of(
    model: Model, *, group: int = 1, loop: str = "scan", dtype: str = "float32", lowering: str
) -> Engine:
    """Returns the engine of `group` replicas of a model on one device."""
    config = model.changed(dtype, **{"runtime.lowering": lowering})
    return Engine(
        lambda auto: make_program(config, num_classes=model.classes, auto=auto),
        model.table,
        loop=loop,
        group=group,
        devices=1,
        batch_size=config.predict.batch_size,
    )


def wave_of(model: Model, engine: Engine) -> Wave:
    """Returns a wave of the first replicas of a model."""
    members = [model.replica(number) for number in range(engine.slots)]
    return engine.wave(members, [model.scalars] * engine.slots)


def begun(model: Model, engine: Engine) -> FoldState:
    """Returns the states of a wave: every replica starts as the first does."""
    return engine.put([model.start] * engine.slots)


def turn(
    model: Model,
    *,
    group: int = 1,
    loop: str = "scan",
    dtype: str = "float32",
    lowering: str = "auto",
    steps: int,
) -> Turn:
    """Returns a compiled turn of `group` replicas of a model."""
    engine = engine_of(model, group=group, loop=loop, dtype=dtype, lowering=lowering)
    return Turn(engine, wave_of(model, engine), begun(model, engine), steps)


def turns(made: Sequence[Callable[[], None] | Exception]) -> list[dict[str, Any]]:
    """Returns a row's figures for each turn, or why it could not be made.

    They take turns, and the fastest of each counts: other work can only slow one down.
    """
    seconds = [float("inf")] * len(made)
    for _ in range(ROUNDS):
        for number, one in enumerate(made):
            if isinstance(one, Turn):
                began = time.perf_counter()
                one()
                spent = time.perf_counter() - began
                seconds[number] = min(seconds[number], spent / one.steps)
    return [_figures(one, each) for one, each in zip(made, seconds, strict=True)]


def _figures(one: Any, seconds: float) -> dict[str, Any]:
    if isinstance(one, Exception):
        return {"why": said(str(one)) or type(one).__name__}
    return {
        "ms": 1e3 * seconds,
        "ms_per_fold": 1e3 * seconds / one.folds,
        "first_call_s": one.ready_seconds,
    }
