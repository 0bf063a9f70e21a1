"""The same updates twice: are they the same bits, and what do deterministic kernels cost?"""

import hashlib
import time
from collections.abc import Iterator

import jax
import numpy as np

from benchmarks.device.bench import Bench, together
from benchmarks.device.chunk import STEPS, Chunk
from benchmarks.device.part import Part, Row

UPDATES = 100
FLAG = "xla_gpu_deterministic_ops"  # what runtime.deterministic asks XLA for


def measure(bench: Bench) -> Iterator[Row]:
    """Yields two trainings with the usual kernels, then two with deterministic ones.

    Both trainings are of one program: the choice of kernels, which may be another in the next
    process, is not tried.
    """
    name, updates = "small", STEPS if bench.tiny else UPDATES
    chunks = [bench.chunk(name, "float32"), Chunk(bench.model(name), "float32", {FLAG: True})]
    for failed in together([lambda chunk=chunk: chunk.compiled for chunk in chunks]):
        if isinstance(failed, Exception):
            raise failed
    usual, fixed = (_twice(chunk, updates) for chunk in chunks)
    what = f"{name}, {updates} updates twice"
    yield {"what": f"{what}, usual kernels", **usual}
    cost = 100 * (fixed["ms"] / usual["ms"] - 1)
    yield {"what": f"{what}, {FLAG}", **fixed, "more_time_pct": cost}


def _twice(chunk: Chunk, updates: int) -> Row:
    """Trains twice from one state; returns whether the weights are equal, and the faster time."""
    found, seconds = [], []
    jax.block_until_ready(chunk.run(chunk.begin()))
    for _ in range(2):
        state = jax.block_until_ready(chunk.begin())
        began = time.perf_counter()
        for _ in range(updates // STEPS):
            state, _ = chunk.run(state)
        jax.block_until_ready(state)
        seconds.append((time.perf_counter() - began) / updates)
        found.append(_digest(jax.device_get(state.params)))
    return {"same_bits": found[0] == found[1], "ms": 1e3 * min(seconds)}


def _digest(tree: object) -> str:
    whole = hashlib.sha256()
    for leaf in jax.tree.leaves(tree):
        whole.update(np.ascontiguousarray(leaf).tobytes())
    return whole.hexdigest()


PART = Part("bits", "The same 100 updates twice, in one process", 40, measure)
