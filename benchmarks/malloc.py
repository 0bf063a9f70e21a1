"""What keeping freed memory is worth on a CPU (mol_jax/training/malloc.py).

    python -m benchmarks.malloc                              # the small model and the paper's
    python -m benchmarks.malloc --models small --rounds 6

For each model two processes, one of which keeps its memory, make updates in turns, so that other
work on the machine falls on both. Prints the fastest turn of each, the page faults and the seconds
in the kernel of one update, the largest resident memory, and writes benchmarks/results/malloc.json.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

RESULTS = Path("benchmarks/results/malloc.json")
MODELS = {"small": (12, 50), "paper-1": (1, 3), "paper-2": (2, 2)}  # batch, updates of a turn
WAYS = ("returned", "kept")


def main() -> None:
    """Measures every model both ways and prints a table."""
    arguments = _arguments()
    if arguments.child:
        _child(*arguments.child)
        return
    rows = []
    print("| model | freed memory is | ms an update | processor ms | kernel ms | faults | MiB |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for model in arguments.models:
        for way, row in _measured(model, arguments.rounds).items():
            rows.append({"model": model, "memory": way} | row)
            numbers = [f"{row[name]:,.0f}" for name in ("ms", "processor", "kernel", "faults")]
            print(f"| {model} | {way} |", " | ".join(numbers), f"| {row['peak_mib']:,.0f} |")
            RESULTS.parent.mkdir(exist_ok=True)
            RESULTS.write_text(json.dumps({"cores": os.cpu_count(), "rows": rows}, indent=1) + "\n")


def _measured(model: str, rounds: int) -> dict[str, dict[str, float]]:
    """Returns the best turn of each way."""
    with tempfile.TemporaryDirectory() as cache:
        first = _start(model, WAYS[0], cache)  # compiles, which takes more memory than updates
        _turn(first)
        first.communicate("")
        children = {way: _start(model, way, cache) for way in WAYS}
        for child in children.values():
            _turn(child)
        turns: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
        for _ in range(rounds):
            for way, child in children.items():
                turns[way].append(_turn(child))
        for child in children.values():
            child.communicate("")
    return {way: {name: min(t[name] for t in of) for name in of[0]} for way, of in turns.items()}


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
    from mol_jax.training import malloc  # noqa: PLC0415  before JAX

    if way == "kept":
        assert malloc.keep_memory(), "this C library is not glibc"
    import jax  # noqa: PLC0415

    jax.config.update("jax_compilation_cache_dir", cache)
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
    from mol_jax.training.program import make_program  # noqa: PLC0415
    from mol_jax.training.replicas import Engine, Replica  # noqa: PLC0415

    config = synthetic.get_config() if model == "small" else casme2.get_config()
    config.train.batch_size = batch
    engine = Engine(
        lambda auto: make_program(config, num_classes=3, auto=auto),
        random_table(config.data.frames, settings.aligned_size(config)),
    )
    fold = Fold("sub01", train=np.arange(6, CLIPS), test=np.arange(6))
    return engine, engine.wave([Replica(0, 0, fold)], [settings.scalars(config)])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
