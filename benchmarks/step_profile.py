"""Where the time and the memory of one training step go on a CPU.

    python -m benchmarks.step_profile --model small
    python -m benchmarks.step_profile --model paper --batch=2 --cores=2
    python -m benchmarks.step_profile --model ststnet

The step is the trainer's, on random clips. Its time stands beside that of a large product on the
same cores in the same turns. On one core, which is the default, the times of its instructions add
up to its own; on more they overlap. Other work on the cores makes every figure larger, so the
fastest of `--rounds` turns counts.
"""

import collections
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from ml_collections import ConfigDict

from benchmarks import thunks
from configs import casme2, synthetic
from configs.networks import ststnet
from mol_jax import settings
from mol_jax.data.clips import ClipTable
from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.protocol.folds import Fold
from mol_jax.training import footprint, step
from mol_jax.training.engine import Engine
from mol_jax.training.program import make_program
from mol_jax.training.replicas import Replica

CONFIGS = {"small": synthetic, "paper": casme2, "ststnet": ststnet}
BATCH = {"paper": 2}  # clips; of the others, their config's
CLIPS, CLASSES = 300, 3
SIDE = 2048  # of the product


class Step:
    """The trainer's compiled step, with what it is called with."""

    def __init__(self, config: ConfigDict):
        """Compiles it. The replica axis and what is donated are those of a study's wave of one."""

        def make(auto):
            return make_program(config, num_classes=CLASSES, auto=auto)

        engine = Engine(make, _random_table(make("auto")), loop="host", devices=1)
        fold = Fold("sub01", train=np.arange(1, CLIPS), test=np.arange(1))
        wave = engine.wave([Replica(0, 0, fold)], [settings.scalars(config)])
        self._state = engine.init(wave)
        # The engine's own: what it compiles is what is to be known.
        self._function = engine._program(step.train_step, (0, None, 0, 0), donate=3)
        self._arguments = (wave.scalars, engine._table, wave.rows)
        self.compiled = self.compile()

    @property
    def parameters(self) -> tuple[int, int]:
        """Returns how many numbers it trains, and in how many arrays."""
        leaves = jax.tree.leaves(self._state.params)
        return sum(leaf.size for leaf in leaves), len(leaves)

    def compile(self) -> jax.stages.Compiled:
        """Returns the step compiled as what it calls is now."""
        jax.clear_caches()  # of what was traced when that was otherwise
        return self._function.lower(*self._arguments, self._state).compile()

    def run(self, updates: int, compiled: jax.stages.Compiled | None = None) -> None:
        """Makes some updates and waits for them. compiled: in place of the step's own."""
        for _ in range(updates):
            self._state, metrics = (compiled or self.compiled)(*self._arguments, self._state)
        jax.block_until_ready(metrics)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _run(arguments), stopped="stopped.")


def _run(arguments: Sequence[str] | None) -> int:
    parser = Parser(
        prog="python -m benchmarks.step_profile", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--model", choices=CONFIGS, default="small")
    parser.add_argument("--batch", type=int, default=0, help="clips [paper: 2; or the config's]")
    parser.add_argument("--cores", type=int, default=1, help="that it may use")
    parser.add_argument("--rounds", type=int, default=10, help="turns, of which the fastest counts")
    parser.add_argument("--top", type=int, default=10, help="instructions and arrays to name")
    given = parser.parse_args(arguments)
    for name in ("cores", "rounds"):
        if getattr(given, name) < 1:
            raise UserError(f"--{name} is {getattr(given, name)}; give 1 or more.")
    if min(given.batch, given.top) < 0:
        raise UserError("--batch and --top must not be below 0.")
    keep_to(given.cores)
    config = changed(given.model, given.batch)
    begun = time.perf_counter()
    update = Step(config)
    print(f"ready after {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    numbers, arrays = update.parameters
    print(
        f"{given.model}, batch {config.train.batch_size}, {given.cores} core(s): {numbers:,} "
        f"parameters in {arrays} arrays"
    )
    updates = 1 if given.model == "paper" else 10  # a turn
    _print_step(update, updates, given.rounds)
    _print_thunks(update, updates, given.top)
    return 0


def keep_to(cores: int) -> None:
    """Keeps this process to a number of cores, which XLA's threads then are as many as."""
    if not hasattr(os, "sched_setaffinity"):
        raise UserError("This system does not keep a process to some of its cores: use Linux.")
    here = sorted(os.sched_getaffinity(0))
    if cores > len(here):
        raise UserError(f"--cores is {cores}, but there are {len(here)} here; give fewer.")
    os.sched_setaffinity(0, here[:cores])


def changed(model: str, batch: int) -> ConfigDict:
    """Returns the config of a model, with batches of `batch` clips, or of its default's where 0."""
    config = CONFIGS[model].get_config()
    with config.unlocked():
        config.train.batch_size = batch or BATCH.get(model, config.train.batch_size)
        config.runtime.loop = "host"
    return config


def _random_table(program: Any) -> ClipTable:
    """Returns clips of noise, with what the network reads."""
    rng = np.random.default_rng(0)

    def drawn(leaf):
        if np.issubdtype(leaf.dtype, np.floating):
            return rng.normal(size=leaf.shape).astype(leaf.dtype)
        most = 256 if leaf.dtype == np.uint8 else CLASSES
        return rng.integers(0, most, leaf.shape).astype(leaf.dtype)

    _, table, *_ = footprint.shapes(program, clips=CLIPS)
    return jax.tree.map(drawn, table).replace(clip_id=np.arange(CLIPS, dtype=np.uint32))


def fastest(turns: dict[str, Callable[[], Any]], rounds: int) -> dict[str, tuple[float, float]]:
    """Returns the least seconds, of the clock and of the processor, of turns that alternate."""
    best = {name: (float("inf"),) * 2 for name in turns}
    for name in [*turns] * rounds:
        clock, processor = time.perf_counter(), time.process_time()
        turns[name]()
        spent = time.perf_counter() - clock, time.process_time() - processor
        best[name] = min(best[name][0], spent[0]), min(best[name][1], spent[1])
    return best


def _print_step(step: Step, updates: int, rounds: int) -> None:
    """Prints what the step takes, beside a large product."""
    x = jnp.ones((SIDE, SIDE), jnp.float32)
    product = jax.jit(jnp.matmul)
    turns = {
        "step": lambda: step.run(updates),
        "product": lambda: product(x, x).block_until_ready(),
    }
    for turn in turns.values():
        turn()
    spent = fastest(turns, rounds)
    gflop = {"step": step.compiled.cost_analysis()["flops"] / 1e9, "product": 2 * SIDE**3 / 1e9}
    count = {"step": updates, "product": 1}
    print(f"\n| | ms | ms of a core | GFLOP | GFLOP/s of a core |\n|---|{'---:|' * 4}")
    for name, both in spent.items():
        wall, cpu = (1e3 * seconds / count[name] for seconds in both)
        rate = 1e3 * gflop[name] / cpu
        print(f"| {name} | {wall:.1f} | {cpu:.1f} | {gflop[name]:.2f} | {rate:.1f} |")
    memory = step.compiled.memory_analysis()
    given, own = memory.argument_size_in_bytes, memory.temp_size_in_bytes
    print(f"\nmemory: {given / 1e6:.1f} MB given, {own / 1e6:.1f} MB beside it")


def _print_thunks(step: Step, updates: int, top: int) -> None:
    """Prints where the time goes: by part of the network, by kind of work, by instruction."""
    spent = thunks.timed(step.compiled.as_text(), lambda: step.run(updates))
    whole = sum(thunk.ms for thunk in spent)
    print(f"\n{len(spent)} instructions, {whole:.1f} ms together\n")
    works = sorted({thunk.work for thunk in spent})
    print(f"| part | ms | forward | backward | {' | '.join(works)} |")
    print(f"|---|{'---:|' * (3 + len(works))}")
    parts = collections.defaultdict(list)
    for thunk in spent:
        parts[thunk.part].append(thunk)
    for part, of in sorted([*parts.items(), ("all", spent)], key=lambda item: -_ms(item[1])):
        backward = _ms(thunk for thunk in of if thunk.backward)
        by_work = [_ms(thunk for thunk in of if thunk.work == work) for work in works]
        columns = (_ms(of), _ms(of) - backward, backward, *by_work)
        print(f"| {part} | {' | '.join(f'{ms:.1f}' for ms in columns)} |")
    for title, key in (("longest", lambda thunk: thunk.ms), ("largest", lambda thunk: thunk.bytes)):
        print(f"\n{title}\n\n| instruction | of | ms | MB |\n|---|---|---:|---:|")
        for thunk in sorted(spent, key=key, reverse=True)[:top]:
            of = thunk.scope.partition("/")[2]
            print(f"| {thunk.name} | {of} | {thunk.ms:.2f} | {thunk.bytes / 1e6:.1f} |")


def _ms(spent: Iterable[thunks.Thunk]) -> float:
    return sum(thunk.ms for thunk in spent)


if __name__ == "__main__":
    leave(main())
