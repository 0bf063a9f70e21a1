"""Whether a process on a CPU should keep the memory that an update frees: faults against time.

    python -m benchmarks.malloc                              # the small model and the paper's
    python -m benchmarks.malloc --models small --rounds 6

For each model a process for each of three ways makes updates in turns, so that other work on the
machine falls on all: glibc as it is; told not to map or trim (mallopt, M_MMAP_MAX=0); told so with
one heap for all threads (M_ARENA_MAX=1), without which blocks of XLA's threads are mapped still.
Each first compiles its programs, or with --cached loads what one more process compiled. Prints the
fastest turn of each, the page faults and the milliseconds in the kernel of one update, the largest
resident memory, and writes benchmarks/results/malloc.json.
"""

import argparse
import ctypes
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.torch_mol import results
from mol_jax.errors import Parser, UserError, exit_code, leave

RESULTS = Path("benchmarks/results/malloc.json")
MODELS = {"small": (12, 50), "paper-1": (1, 3), "paper-2": (2, 2)}  # batch, updates of a turn
_ARENA_MAX, _MMAP_MAX, _TRIM_THRESHOLD, _TOP_PAD = -8, -4, -1, -2  # of glibc's malloc.h
KEPT = ((_MMAP_MAX, 0), (_TRIM_THRESHOLD, -1), (_TOP_PAD, 64 << 20))
WAYS: dict[str, tuple[tuple[int, int], ...]] = {
    "returned": (),
    "kept": KEPT,
    "kept, one heap": ((_ARENA_MAX, 1), *KEPT),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _main(_arguments(arguments)), stopped="stopped.")


def _main(arguments: argparse.Namespace) -> int:
    """Measures every model each way and prints a table."""
    if arguments.child:
        _child(*arguments.child)
        return 0
    if platform.libc_ver()[0] != "glibc":
        raise UserError("this tells glibc what to keep, and this system has another C library.")
    rows = []
    print("| model | freed memory is | ms an update | processor ms | kernel ms | faults | MiB |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for model in arguments.models:
        for way, row in _measured(model, arguments.rounds, cached=arguments.cached).items():
            rows.append({"model": model, "memory": way} | row)
            numbers = [f"{row[name]:,.0f}" for name in ("ms", "processor", "kernel", "faults")]
            print(f"| {model} | {way} |", " | ".join(numbers), f"| {row['peak_mib']:,.0f} |")
            RESULTS.parent.mkdir(exist_ok=True)
            found = {"cores": os.cpu_count(), "cached": arguments.cached, "rows": rows}
            RESULTS.write_text(json.dumps(found, indent=1) + "\n")
    return 0


def _measured(model: str, rounds: int, *, cached: bool) -> dict[str, dict[str, float]]:
    """Returns the least figures of each way's turns, but the largest memory."""
    with tempfile.TemporaryDirectory() as cache:
        if cached:
            first = _start(model, "returned", cache)
            _turn(first)
            first.communicate("")
        children = {way: _start(model, way, cache if cached else "") for way in WAYS}
        for child in children.values():
            _turn(child)
        turns: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
        for _ in range(rounds):
            for way, child in children.items():
                turns[way].append(_turn(child))
        for child in children.values():
            child.communicate("")
    return {
        way: {
            name: (max if name == "peak_mib" else min)(turn[name] for turn in of) for name in of[0]
        }
        for way, of in turns.items()
    }


def _start(model: str, way: str, cache: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "benchmarks.malloc", "--child", model, way, cache]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _turn(child: subprocess.Popen[str]) -> dict[str, float]:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write("go\n")
    child.stdin.flush()
    return json.loads(child.stdout.readline())


def _child(model: str, way: str, cache: str) -> None:
    """Makes a turn of updates for every line of the standard input."""
    for name, value in WAYS[way]:  # before JAX starts its threads
        assert ctypes.CDLL(None).mallopt(name, value) == 1, "this C library is not glibc"
    import jax  # noqa: PLC0415

    jax.config.update("jax_compilation_cache_dir", cache or None)
    batch, updates = MODELS[model]
    engine, wave = _engine(model, batch)
    state: Any = None
    for _ in sys.stdin:
        state = engine.init(wave) if state is None else state
        state, metrics = engine.advance(wave, state, 1)
        jax.block_until_ready((state, metrics))
        start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
        state, metrics = engine.advance(wave, state, updates)
        jax.block_until_ready((state, metrics))
        seconds, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_SELF)
        kernel = after.ru_stime - before.ru_stime
        turn = {
            "ms": 1e3 * seconds / updates,
            "processor": 1e3 * (after.ru_utime - before.ru_utime + kernel) / updates,
            "kernel": 1e3 * kernel / updates,
            "faults": (after.ru_minflt - before.ru_minflt) / updates,
            "peak_mib": after.ru_maxrss / 1024,
        }
        print(json.dumps(turn), flush=True)


def _engine(model: str, batch: int) -> tuple[Any, Any]:
    """Returns an engine on random clips and a wave of one replica."""
    import numpy as np  # noqa: PLC0415

    from benchmarks.replicas import CLIPS, random_table  # noqa: PLC0415
    from configs import casme2, synthetic  # noqa: PLC0415
    from mol_jax import settings  # noqa: PLC0415
    from mol_jax.protocol.folds import Fold  # noqa: PLC0415
    from mol_jax.training.engine import Engine  # noqa: PLC0415
    from mol_jax.training.program import make_program  # noqa: PLC0415
    from mol_jax.training.replicas import Replica  # noqa: PLC0415

    config = synthetic.get_config() if model == "small" else casme2.get_config()
    config.train.batch_size = batch
    engine = Engine(
        lambda auto: make_program(config, num_classes=3, auto=auto),
        random_table(config.data.frames, settings.aligned_size(config)),
    )
    fold = Fold("sub01", train=np.arange(6, CLIPS), test=np.arange(6))
    return engine, engine.wave([Replica(0, 0, fold)], [settings.scalars(config)])


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    about = (__doc__ or "").partition("\n")[0]
    parser = Parser(prog="python -m benchmarks.malloc", description=about)
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--rounds", type=results.count, default=4)
    parser.add_argument("--cached", action="store_true", help="programs come from a cache")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    leave(main())
