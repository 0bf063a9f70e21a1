"""The hours of a planned study, from a few updates of its own programs, timed on this machine.

Clips are noise of the planned shapes: nothing of the dataset is needed, and speed depends on shapes
alone. What a study does beside its waves is not timed, and said (`LEFT_OUT`).
"""

import dataclasses
import functools
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TypeVar

import jax

from mol_jax import settings
from mol_jax.study import auto_group
from mol_jax.study.auto_group import Work
from mol_jax.study.plan import GroupPlan
from mol_jax.text.duration import duration
from mol_jax.text.words import counted
from mol_jax.training import timing
from mol_jax.training.calibration import Choice
from mol_jax.training.devices import choose_devices, resolve_loop
from mol_jax.training.engine import Engine
from mol_jax.training.program import make_program

T = TypeVar("T")
LEFT_OUT = (
    "Left out: drawing, building and reading clips, saving, predictions to choose a step by, the "
    "SVM, tables and the report."
)


@dataclasses.dataclass(frozen=True)
class Hours:
    """Seconds of the trials of one compiled program.

    compile: of its three programs (from the cache, where they are there). start, update, predict:
    of a wave: its first states, one update of all its replicas, its held-out clips.
    """

    group: GroupPlan
    compile: float
    start: float
    update: float
    predict: float

    @property
    def training(self) -> float:
        """Returns the seconds of all updates."""
        return self.group.updates * self.update

    @property
    def whole(self) -> float:
        """Returns the seconds of the study, but for what is left out."""
        return self.compile + self.training + self.group.waves * (self.start + self.predict)


def measure(group: GroupPlan, *, clips: int, classes: int, folds: int) -> Hours:
    """Times the program of a group of trials on this machine, on random clips.

    The devices are those that the plan has, or as many of them as are here. Raises UserError where
    a device has no memory for it.
    """
    with _memory_refused(group.group):
        return _measure(group, clips=clips, classes=classes, folds=folds)


def _measure(group: GroupPlan, *, clips: int, classes: int, folds: int) -> Hours:
    config = group.trials[0].config
    work = Work(config, clips, classes, group.replicas, group.devices)
    engine = _engine(work, group.group)
    replicas = timing.random_replicas(engine.slots, clips=clips, folds=folds)
    wave = engine.wave(replicas, [settings.scalars(config)] * engine.slots)

    def predict(state):
        return engine.predict(wave, state, [one.fold.test for one in replicas])

    first_start, start, state = _twice(lambda: engine.init(wave))
    chunk = config.train.log_every if resolve_loop(config.runtime.loop) == "scan" else 0
    updates, state = timing.time_updates(engine, wave, state, chunk=chunk)
    first_predict, predicted, _ = _twice(lambda: predict(state))
    compiled = first_start - start + updates.compile + first_predict - predicted
    return Hours(group, max(0.0, compiled), start, updates.update, predicted)


def _twice(call: Callable[[], T]) -> tuple[float, float, T]:
    """Returns the seconds of a first call, which compiles, and of a second, and what that gave."""
    start = time.perf_counter()
    jax.block_until_ready(call())
    again = time.perf_counter()
    made = jax.block_until_ready(call())
    return again - start, time.perf_counter() - again, made


def _engine(work: Work, group: int) -> Engine:
    config = work.config
    program = make_program(config, num_classes=work.classes)
    return Engine(
        lambda auto: make_program(config, num_classes=work.classes, auto=auto),
        timing.random_table(program, clips=work.clips, samples=1 + config.data.phases),
        loop=config.runtime.loop,
        group=group,
        devices=min(work.devices, len(choose_devices(0))),
        batch_size=config.predict.batch_size,
        all_phases=config.predict.phases == "all",
    )


def choose(work: Work, *, say: Callable[[str], None]) -> Choice:
    """Returns what runtime.group=auto comes to here: as remembered, or timed on random clips.

    Raises UserError where a device has no memory for one replica.
    """
    with _memory_refused(1):
        return auto_group.timed(
            work,
            engine=functools.partial(_engine, work),
            replicas=timing.random_replicas(work.replicas, clips=work.clips, folds=2),
            scalars=[settings.scalars(work.config)] * work.replicas,
            say=say,
        )


def _memory_refused(replicas: int) -> AbstractContextManager[None]:
    """Turns a device that has no memory for some replicas into one sentence."""
    several = replicas > 1
    return timing.memory_refused(
        f"a device has no memory to time {counted(replicas, 'replica')}"
        f"{' side by side' * several}; give a smaller "
        f"{'--config.runtime.group or ' * several}--config.train.batch_size."
    )


def render(every: Sequence[Hours], *, device: str) -> str:
    """Returns lines of text: what was timed, the hours that follow, and what is left out."""
    lines = [f"Timed here ({device}), on random clips:"]
    for one in every:
        group = one.group
        rate = min(group.slots, group.replicas) / one.update
        lines.append(
            f"{_named(group, every)}compiling {duration(one.compile)}; a wave's start "
            f"{duration(one.start)}, its update {duration(one.update)} ({rate:,.3g} updates of a "
            f"replica a second), its predictions {duration(one.predict)}."
        )
        lines.append(
            f"{_named(group, every)}{counted(group.waves, 'wave')} × "
            f"{counted(group.steps, 'update')}: {duration(one.whole)}, of which training "
            f"{duration(one.training)}."
        )
    if len(every) > 1:
        lines.append(f"In all {duration(sum(one.whole for one in every))}.")
    return "\n".join([*lines, LEFT_OUT])


def _named(group: GroupPlan, every: Sequence[Hours]) -> str:
    numbers = ", ".join(str(trial.number) for trial in group.trials)
    return f"Trials {numbers}: " if len(every) > 1 else ""
