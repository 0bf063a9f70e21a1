"""Saving a training state: compressed or not, and with training that waits for it or does not.

    python -m benchmarks.saving                                  # MOL's size, minutes on two cores
    python -m benchmarks.saving --replicas=4 --saves=4           # as a wave of four
    python -m benchmarks.saving --parameters=20000 --rounds=1    # a try

A state is `--parameters` float32 weights and the two moments of Adam, random numbers. First it is
written as Orbax does by itself, which compresses with zstd, and as `mol_jax.study.checkpoints`
does; all in turns, `--rounds` times, the fastest counts. Then a wave of `--replicas` such states is
updated on the device and saved `--saves` times, and what a save is of training's time is printed:
nothing saved, each save waited for, each written behind (`mol_jax.study.writer`). An update is an
elementwise pass over the states and products of matrices; between two saves are as many as take
twice as long as a save, so that a wait is a wait for the fetch and for the cores.

Files go below `--folder` and are deleted. They are handed to the operating system and not forced to
the disk, as in a study: a slow disk shows where its cache is full.
"""

import functools
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import orbax.checkpoint as ocp

from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.networks.network import Facts
from mol_jax.study.checkpoints import Checkpoints
from mol_jax.study.saving import fetch
from mol_jax.study.writer import Writer
from mol_jax.training.step import FoldState

PARAMETERS = 44_000_000  # of MOL
LEAVES, SIDE, MIB = 12, 512, 2**20
LEAST = {"parameters": 1000, "replicas": 1, "rounds": 1, "saves": 1}


class Written(NamedTuple):
    """Seconds of the clock and of the processor to write a state, its bytes on disk."""

    seconds: float
    processor: float
    size: int


class Trained(NamedTuple):
    """Seconds of training with its saves, and of these alone as training saw them."""

    seconds: float
    waited: float


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _run(arguments), stopped="stopped.")


def _run(arguments: Sequence[str] | None) -> int:
    parser = Parser(prog="python -m benchmarks.saving", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--parameters", type=int, default=PARAMETERS, help="of a replica")
    parser.add_argument("--replicas", type=int, default=1, help="of a wave")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each")
    parser.add_argument("--saves", type=int, default=3, help="of a wave while it trains")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    given = parser.parse_args(arguments)
    _check(given.parameters, given.replicas, given.rounds, given.saves)
    try:
        with tempfile.TemporaryDirectory(prefix="mol_jax_saving_", dir=given.folder) as held:
            _print_formats(Path(held), given.parameters, given.rounds)
            _print_waits(Path(held), given.parameters, given.replicas, given.rounds, given.saves)
    except OSError as error:
        raise UserError(
            f"{given.folder} cannot be written ({error.strerror}); name a folder with room as "
            "--folder."
        ) from error
    return 0


def _check(parameters: int, replicas: int, rounds: int, saves: int) -> None:
    """Raises UserError for a number too small, or a size that this machine has no memory for."""
    given = {"parameters": parameters, "replicas": replicas, "rounds": rounds, "saves": saves}
    for name, value in given.items():
        if value < LEAST[name]:
            raise UserError(f"--{name} is {value}; give {LEAST[name]} at least.")
    needed = 3 * 4 * parameters * (3 * replicas + 1)  # on the device twice, on the host once
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if needed > memory:
        raise UserError(
            f"--parameters={parameters} and --replicas={replicas} need {needed / 2**30:.1f} GiB of "
            f"memory, and this machine has {memory / 2**30:.1f}; give less."
        )


def _print_formats(folder: Path, parameters: int, rounds: int) -> None:
    (state,) = fetch(_wave(parameters, 1), 1)
    size = 3 * 4 * parameters
    checkpoints, compressing = Checkpoints(folder / "ours"), ocp.StandardCheckpointer()
    writes: dict[str, Callable[[Path], None]] = {
        "zstd": lambda path: _by_itself(compressing, path, state),
        "none": lambda path: checkpoints._write("trial0/seed0/a", path, state),
    }
    best: dict[str, Written] = {}
    for _ in range(rounds):
        for name, write in writes.items():
            turn = _written(folder / "states" / name, write)
            best[name] = min(turn, best.get(name, turn))
    print(f"\nOne state of {size / MIB:.1f} MiB on the host:\n")
    print("| compression | MiB/s | processor, s | size on disk | MiB/s over those of zstd |")
    print("|---|---:|---:|---:|---:|")
    for name, of in best.items():
        rate = size / MIB / of.seconds
        share = best["zstd"].seconds / of.seconds
        print(f"| {name} | {rate:.1f} | {of.processor:.2f} | {of.size / size:.2f} | {share:.2f} |")


def _by_itself(orbax: ocp.StandardCheckpointer, path: Path, state: FoldState) -> None:
    orbax.save(path, state, force=True)
    orbax.wait_until_finished()


def _written(path: Path, write: Callable[[Path], None]) -> Written:
    shutil.rmtree(path, ignore_errors=True)
    path.parent.mkdir(exist_ok=True)
    start, processor = time.perf_counter(), time.process_time()
    write(path)
    spent = time.perf_counter() - start, time.process_time() - processor
    return Written(*spent, sum(f.stat().st_size for f in path.rglob("*") if f.is_file()))


def _print_waits(folder: Path, parameters: int, replicas: int, rounds: int, saves: int) -> None:
    state = _wave(parameters, replicas)
    checkpoints = Checkpoints(folder / "wave")
    _save_all(checkpoints, fetch(state, replicas))  # the first time is slower
    start = time.perf_counter()
    held = fetch(state, replicas)
    fetched = time.perf_counter() - start
    _save_all(checkpoints, held)
    once = time.perf_counter() - start
    del held
    updates, state = _updates_for(2 * once, state)
    best: dict[str, Trained] = {}
    for _ in range(rounds):
        for name in ("nothing", "waiting", "behind"):
            turn, state = _train(name, state, updates, saves, checkpoints)
            best[name] = min(turn, best.get(name, turn))
    print(
        f"\nA wave of {replicas} on {jax.devices()[0].device_kind}, fetched in {fetched:.2f} s and "
        f"fetched and written in {once:.2f} s; {saves} saves, {updates} updates before each:\n"
    )
    print("| saving | seconds | of which training waits | time over that of nothing saved |")
    print("|---|---:|---:|---:|")
    for name, of in best.items():
        ratio = of.seconds / best["nothing"].seconds
        print(f"| {name} | {of.seconds:.2f} | {of.waited:.2f} | {ratio:.2f} |", flush=True)


def _train(
    saving: str, state: FoldState, updates: int, saves: int, checkpoints: Checkpoints
) -> tuple[Trained, FoldState]:
    """Returns the seconds of `saves` chunks and their saves, and of the saves as training sees."""
    waited, start = 0.0, time.perf_counter()
    with Writer() as writer:
        for _ in range(saves):
            for _ in range(updates):
                state = _update(state)
            jax.block_until_ready(state)
            before = time.perf_counter()
            if saving != "nothing":
                writer.wait()
                held = fetch(state, len(state.step))
                writer.hand(functools.partial(_save_all, checkpoints, held))
                del held
            if saving == "waiting":
                writer.wait()
            waited += time.perf_counter() - before
        for _ in range(updates):  # what the last save is written behind
            state = _update(state)
        jax.block_until_ready(state)
        spent = time.perf_counter() - start
    return Trained(spent, waited), state


def _updates_for(seconds: float, state: FoldState) -> tuple[int, FoldState]:
    """Returns how many updates take that long."""
    state = jax.block_until_ready(_update(state))  # compiles
    start = time.perf_counter()
    state = jax.block_until_ready(_update(state))
    return int(seconds / (time.perf_counter() - start)) + 1, state


def _save_all(checkpoints: Checkpoints, states: Sequence[FoldState]) -> None:
    for number, one in enumerate(states):
        checkpoints.save(f"trial0/seed0/{number}", one)


@functools.partial(jax.jit, donate_argnums=0)
def _update(state: FoldState) -> FoldState:
    """Returns the states a little smaller, after some products of matrices."""
    product = jax.lax.fori_loop(0, 4, lambda _, x: x @ x / SIDE, state.facts.class_counts)
    moved = jax.tree.map(lambda leaf: leaf * 0.999, (state.params, state.opt_state))
    return state.replace(
        step=state.step + 1, params=moved[0], opt_state=moved[1], facts=Facts(product)
    )


def _wave(parameters: int, replicas: int) -> FoldState:
    """Returns random states on a device, each leaf [W, ...]; the matrices stand for its facts."""
    sizes = [len(part) for part in np.array_split(np.empty(parameters, np.int8), LEAVES)]
    keys = iter(jax.random.split(jax.random.key(0), 3 * LEAVES + 1))

    def tree() -> dict[str, jax.Array]:
        return {
            f"layer{i}": jax.random.normal(next(keys), (replicas, size))
            for i, size in enumerate(sizes)
        }

    return FoldState(
        step=jnp.zeros(replicas, jnp.int32),
        params=tree(),
        collections={},
        opt_state=(tree(), tree()),
        facts=Facts(jax.random.normal(next(keys), (replicas, SIDE, SIDE))),
        finite=jnp.ones(replicas, bool),
    )


if __name__ == "__main__":
    leave(main())
