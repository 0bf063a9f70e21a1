"""Folds × seeds per hour for runtime.group and runtime.devices, against one process per fold.

    python -m benchmarks.replicas                     # the small models, half an hour on two cores
    python -m benchmarks.replicas --models paper --groups 1 2 --rounds 1
    python -m benchmarks.replicas --models small paper --batch 32 --groups 1 2 4 8 16 --devices 1

Prints the table of benchmarks/README.md. A layout is k replicas on each of d devices, in a process
of its own, on random clips, `--rounds` times, all layouts in turn; in the first round programs may
still have to be compiled. The fastest counts, since other work can only slow one down. A process
takes

    start + waves × (initialise + steps / updates per second + predict)

where `start` is its imports and its programs from the cache. Reading a dataset and writing
checkpoints and tables are left out. A layout that does not fit is left out too, with the reason
(on a GPU, two processes at a time need XLA_PYTHON_CLIENT_PREALLOCATE=false).
"""

import argparse
import importlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import jax
import numpy as np
from ml_collections import ConfigDict

from configs import casme2, synthetic
from mol_jax import settings
from mol_jax.data.clips import ClipTable
from mol_jax.protocol.folds import Fold
from mol_jax.training.engine import Engine
from mol_jax.training.fetching import chunk_metrics
from mol_jax.training.program import make_program
from mol_jax.training.replicas import Replica

REPLICAS = 24  # of the study that is priced: 8 folds × 3 seeds
CLIPS, HELD_OUT = 48, 6
SECONDS = 8.0  # of updates that a process is timed for; two chunks at least


class Layout(NamedTuple):
    """k replicas on each of d devices; or several such processes at the same time."""

    group: int = 1
    devices: int = 1
    processes: int = 1

    @property
    def replicas(self) -> int:
        """Returns how many train at the same time."""
        return self.group * self.devices * self.processes


class Cost(NamedTuple):
    """Of a process: seconds to start, seconds around a wave's training, updates a second."""

    start: float
    around: float
    rate: float


def main() -> None:
    """Measures every layout of every model and prints a table."""
    arguments = _arguments()
    if arguments.child:
        model, group, devices, launched = arguments.child
        jax.config.update("jax_num_cpu_devices", int(devices))
        print(
            json.dumps(_measure(model, arguments.batch, int(group), int(devices), float(launched)))
        )
        return
    grid = (Layout(k, d) for d in arguments.devices for k in arguments.groups)
    layouts = list(dict.fromkeys([Layout(), Layout(processes=2), *grid]))
    print("| model | layout | updates, ratio | start, s | folds × seeds per hour | ratio |")
    print("|---|---|---|---|---|---|")
    for model in arguments.models:
        costs = _best_costs(model, layouts, arguments)
        for row in _rows(costs, _config(model, arguments.batch).train.steps):
            print(f"| {model} | {' | '.join(row)} |", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    models = ("small", "small-no-flow", "paper")
    parser.add_argument("--models", nargs="+", choices=models, default=models[:2])
    parser.add_argument("--groups", nargs="+", type=int, default=(1, 2, 4), help="k")
    parser.add_argument("--devices", nargs="+", type=int, default=(1, 2), help="d; a CPU fakes d")
    parser.add_argument("--rounds", type=int, default=3, help="2 or more, if new")
    parser.add_argument("--batch", type=int, default=0, help="clips [12; of the paper's model 2]")
    parser.add_argument("--folder", type=Path, default=Path("runs/replicas"), help="of the cache")
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    return parser.parse_args()


def _config(model: str, batch: int) -> ConfigDict:
    """Returns the config of a model, with a batch that suits a CPU unless one is given."""
    config = casme2.get_config() if model == "paper" else synthetic.get_config()
    with config.unlocked():
        config.tasks.flow = model != "small-no-flow"
        config.train.batch_size = batch or (2 if model == "paper" else 12)
        config.train.log_every = 1 if model == "paper" else 10  # a chunk, which is timed
        config.predict.batch_size = min(config.predict.batch_size, config.train.batch_size)
    return config


def _rows(costs: dict[Layout, Cost], steps: int) -> list[list[str]]:
    """Returns the rows of a study's layouts, set beside a process for each of its replicas."""
    base = costs[Layout()]
    serial = REPLICAS * (base.start + base.around + steps / base.rate)

    def row(name: str, layout: Layout, *, waves: int, starts: float) -> list[str]:
        cost = costs[layout]
        spent = starts * (cost.start + waves * (cost.around + steps / cost.rate))
        return [
            name,
            f"{cost.rate * layout.replicas / base.rate:.2f}",
            f"{cost.start:.1f}",
            f"{3600 * REPLICAS / spent:.0f}",
            f"{serial / spent:.2f}",
        ]

    rows = [row("a process per fold", Layout(), waves=1, starts=REPLICAS)]
    for layout in costs:
        if layout.processes > 1:
            name = f"a process per fold, {layout.processes} at a time"
            rows.append(row(name, layout, waves=1, starts=REPLICAS / layout.processes))
        else:
            waves = -(-REPLICAS // layout.replicas)
            name = f"one process, d = {layout.devices}, k = {layout.group}"
            rows.append(row(name, layout, waves=waves, starts=1))
    return rows


def _best_costs(
    model: str, layouts: list[Layout], arguments: argparse.Namespace
) -> dict[Layout, Cost]:
    """Returns the best of each cost, of the layouts that can run here."""
    found: dict[Layout, list[Cost]] = {layout: [] for layout in layouts}
    for number in range(arguments.rounds):
        for layout, costs in found.items():
            try:
                costs.append(_run(model, layout, arguments))
                said = str(costs[-1])
            except RuntimeError as error:
                said = f"left out: {error}"
            print(f"{model}, round {number}: {layout} {said}", file=sys.stderr, flush=True)
    if not found[Layout()]:
        sys.exit(f"{model} cannot be measured: one replica must fit, and --rounds must be above 0")
    return {
        layout: Cost(min(c.start for c in cs), min(c.around for c in cs), max(c.rate for c in cs))
        for layout, cs in found.items()
        if cs
    }


def _run(model: str, layout: Layout, arguments: argparse.Namespace) -> Cost:
    """Measures a layout in processes of its own; raises RuntimeError where one fails."""
    environment = {
        "JAX_COMPILATION_CACHE_DIR": str((arguments.folder / "xla").absolute()),
    }
    words = [model, layout.group, layout.devices, time.time()]
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.replicas", f"--batch={arguments.batch}"]
            + ["--child", *map(str, words)],
            cwd=Path(__file__).parents[1],
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(layout.processes)
    ]
    costs = []
    for child, (out, errors) in [(child, child.communicate()) for child in children]:
        if child.returncode:
            full = "RESOURCE_EXHAUSTED" in errors or child.returncode == -9
            raise RuntimeError("out of memory" if full else errors.strip().rpartition("\n")[2])
        costs.append(json.loads(out.splitlines()[-1]))
    return Cost(*np.mean(costs, axis=0).tolist())


def _measure(model: str, batch: int, group: int, devices: int, launched: float) -> Cost:
    """Trains one wave of random clips in this process, which was launched at a `time.time()`."""
    importlib.import_module(
        "mol_jax.study.experiment"
    )  # what the command imports takes its time too
    config = _config(model, batch)
    engine = Engine(
        lambda auto: make_program(config, num_classes=3, auto=auto),
        random_table(config.data.frames, settings.aligned_size(config)),
        group=group,
        devices=devices,
        batch_size=config.predict.batch_size,
    )
    fold = Fold("sub01", train=np.arange(HELD_OUT, CLIPS), test=np.arange(HELD_OUT))
    replicas = [Replica(0, seed, fold) for seed in range(engine.slots)]
    wave = engine.wave(replicas, [settings.scalars(config)] * engine.slots)

    state, metrics = engine.advance(wave, engine.init(wave), config.train.log_every)
    chunk_metrics(metrics)
    engine.predict(wave, state, [fold.test] * engine.slots)
    ready = time.time()
    jax.block_until_ready(engine.init(wave).step)
    initialised = time.time()
    chunks: list[float] = []
    while len(chunks) < 2 or time.time() - initialised < SECONDS:
        began = time.time()
        state, metrics = engine.advance(wave, state, config.train.log_every)
        chunk_metrics(metrics)
        chunks.append(time.time() - began)
    trained = time.time()
    engine.predict(wave, state, [fold.test] * engine.slots)
    around = initialised - ready + time.time() - trained
    # The end does not count: another process at the same time may have ended before.
    chunk = min(chunks[: -(len(chunks) // 4) or None])
    # Before `ready` came the programs, and a wave of one chunk.
    return Cost(ready - launched - around - chunk, around, config.train.log_every / chunk)


def random_table(frames: int, size: int) -> ClipTable:
    """Returns clips of noise, `size` px wide, whose landmarks lie in the middle half."""
    rng = np.random.default_rng(0)
    landmarks = rng.uniform(size / 4, 3 * size / 4, (CLIPS, frames, 68, 2))
    return ClipTable(
        frames=rng.integers(0, 256, (CLIPS, frames, size, size), dtype=np.uint8),
        flow=rng.normal(size=(CLIPS, frames - 1, size, size, 2)).astype(np.float16),
        landmarks=landmarks.astype(np.float32),
        label=np.arange(CLIPS, dtype=np.int32) % 3,
        clip_id=rng.integers(0, 2**32, CLIPS, dtype=np.uint32),
    )


if __name__ == "__main__":
    main()
