"""The same updates twice: are they the same bits, and what do deterministic kernels cost?"""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import jax
import numpy as np

from benchmarks.device import machine
from benchmarks.device.bench import Bench
from benchmarks.device.chunk import STEPS
from benchmarks.device.part import Part, Row
from benchmarks.device.result_file import said

UPDATES = 100
FLAG = "--xla_gpu_deterministic_ops=true"
WORD = "same-bits"  # what the child's answer begins with


def measure(bench: Bench) -> Iterator[Row]:
    """Yields this process's two trainings, then those of one that has deterministic kernels."""
    name = "ststnet" if bench.tiny else "small"
    usual = twice(bench, name)
    yield {"what": f"{name}, {UPDATES} updates twice, usual kernels", **usual}
    fixed = _in_a_child(bench, name)
    cost = 100 * (fixed["ms"] / usual["ms"] - 1)
    yield {
        "what": f"{name}, {UPDATES} updates twice, deterministic kernels ({FLAG})",
        **fixed,
        "cost_pct": cost,
    }


def twice(bench: Bench, name: str) -> Row:
    """Trains a model twice from one state; returns whether the weights are equal, and the time."""
    chunk = bench.chunk(name, "float32")
    found, seconds = [], []
    jax.block_until_ready(chunk.run(chunk.begin()))
    for _ in range(2):
        state = jax.block_until_ready(chunk.begin())
        began = time.perf_counter()
        for _ in range(UPDATES // STEPS):
            state, _ = chunk.run(state)
        params = jax.device_get(state.params)
        seconds.append((time.perf_counter() - began) / UPDATES)
        found.append(_digest(params))
    return {"same_bits": found[0] == found[1], "ms": 1e3 * min(seconds)}


def child(bench: Bench, name: str) -> None:
    """Prints the answer of `twice`: what this command does in a process of its own."""
    print(WORD, json.dumps(twice(bench, name)))


def _in_a_child(bench: Bench, name: str) -> Row:
    flags = f"{os.environ.get('XLA_FLAGS', '')} {FLAG}".strip()
    tiny = ["--tiny"] if bench.tiny else []
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.device", *tiny, f"--child={name}"],
        cwd=Path(__file__).parents[3],
        env=os.environ | {"XLA_FLAGS": flags, machine.FRACTION: machine.CHILDS_SHARE},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=max(1.0, bench.clock.left),
    )
    answers = [line for line in done.stdout.splitlines() if line.startswith(WORD)]
    if done.returncode or not answers:
        last = done.stderr.strip().rpartition("\n")[2]
        raise RuntimeError(f"a process with deterministic kernels ended: {said(last)}")
    return json.loads(answers[0].removeprefix(WORD))


def _digest(tree: object) -> str:
    whole = hashlib.sha256()
    for leaf in jax.tree.leaves(tree):
        whole.update(np.ascontiguousarray(leaf).tobytes())
    return whole.hexdigest()


PART = Part("bits", "The same 100 updates twice", 60, measure)
