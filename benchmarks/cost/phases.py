"""The seconds of a small study by phase: what is called is timed where the study calls it.

Seconds are of the main thread: of what others do meanwhile, as compiling ahead and writing what is
saved, they have the wait alone.
"""

import contextlib
import functools
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import jax
from ml_collections import ConfigDict
from rich.console import Console

from configs import synthetic
from mol_jax.settings.trials import plain
from mol_jax.study import experiment, fit_svm, saving, study
from mol_jax.study.writer import Writer
from mol_jax.training.engine import Engine

STEPS = 50  # of each fold; what is around training does not depend on them


def config(folder: Path) -> ConfigDict:
    """Returns the first command's config with few updates, and clips of its own."""
    made = synthetic.get_config()
    with made.unlocked():
        made.data.dir = str(folder / "data")
        made.train.update(steps=STEPS, log_every=STEPS // 2, save_every=STEPS // 2)
        made.runtime.devices = 1
    return made


def seconds(made: ConfigDict, folder: Path) -> dict[str, float]:
    """Trains a study and returns the seconds of each phase, and of all.

    What has to compile, or to be fetched from the cache, is in "first states", "predictions" and
    "updates and all else".
    """
    spent: dict[str, float] = {}
    with contextlib.ExitStack() as stack:
        for owner, name, phase in _calls():
            stack.enter_context(_timed(owner, name, phase, spent))
        start = time.perf_counter()
        experiment.train(plain(made), folder / "run", command="cost", console=Console(quiet=True))
        whole = time.perf_counter() - start
    rest = {"updates and all else": whole - sum(spent.values()), "whole": whole}
    return {name: round(value, 3) for name, value in (spent | rest).items()}


def _calls() -> list[tuple[object, str, str]]:
    """Returns what is timed; none of them calls another."""
    return [
        (study.generated, "ensure", "drawing and building clips"),
        (study.load, "load", "loading"),
        (Engine, "init", "first states"),
        (Engine, "predict", "predictions"),
        (saving, "fetch", "saving"),
        (Writer, "wait", "saving"),
        (fit_svm, "floor", "SVM"),
        (experiment, "write_report", "report"),
    ]


@contextlib.contextmanager
def _timed(owner: object, name: str, phase: str, spent: dict[str, float]) -> Iterator[None]:
    call: Callable = getattr(owner, name)

    @functools.wraps(call)
    def timed(*arguments, **named):
        if threading.current_thread() is not threading.main_thread():
            return call(*arguments, **named)
        start = time.perf_counter()
        try:
            return jax.block_until_ready(call(*arguments, **named))
        finally:
            spent[phase] = spent.get(phase, 0.0) + time.perf_counter() - start

    with mock.patch.object(owner, name, timed):
        yield
