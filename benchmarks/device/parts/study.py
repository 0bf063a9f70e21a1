"""The paper's study: an update of its model, and what 26 folds of 1,000 come to."""

import itertools
import statistics
import time
from collections.abc import Iterator

import jax
import jax.numpy as jnp

from benchmarks.device.bench import Bench
from benchmarks.device.chunk import STEPS, Chunk
from benchmarks.device.part import Part, Row

DTYPE = "bfloat16"
CALLS = 10
SIDE = 8192  # of the matrices whose product is the yardstick


def measure(bench: Bench) -> Iterator[Row]:
    """Yields the update, a large product beside it, and fold by fold the study if that is asked."""
    model = bench.model("paper")
    batch = model.config.train.batch_size
    chunk = bench.chunk("paper", DTYPE)
    seconds = chunk.times(bench.steps(CALLS))
    update, peak = statistics.median(seconds), _peak()
    product = _product(256 if bench.tiny else SIDE)
    updates = model.folds * model.config.train.steps
    yield {
        "what": f"an update of the paper's model, batch {batch}, {DTYPE}",
        "ms": 1e3 * update,
        "fastest_ms": 1e3 * min(seconds),
        "gflop": chunk.flops / 1e9,
        "tflop_per_s": chunk.flops / update / 1e12,
        "share_of_product_pct": 100 * chunk.flops / update / product["flop_per_s"],
        "peak_gib": peak,
        "compile_s": chunk.compile_seconds,
    }
    yield {
        "what": f"product of two {product['side']}×{product['side']} matrices, {DTYPE}",
        "ms": 1e3 * product["seconds"],
        "tflop_per_s": product["flop_per_s"] / 1e12,
    }
    yield {
        "what": f"{model.folds} folds × {model.config.train.steps:,} updates, extrapolated",
        "minutes": updates * update / 60,
    }
    if bench.whole:
        yield from _whole(bench, chunk)


def _whole(bench: Bench, chunk: Chunk) -> Iterator[Row]:
    """Yields what each fold takes, drawn and trained, for as long as there is time for the next."""
    model = chunk.model
    steps = 2 * STEPS if bench.tiny else model.config.train.steps
    spent = 0.0
    for fold in range(model.folds):
        if bench.clock.left < 1.1 * spent:
            return
        began = time.perf_counter()
        state = model.init(fold)
        for _ in itertools.repeat(None, steps // STEPS):
            state, metrics = chunk.run(state, fold)
        finite = bool(jax.device_get(metrics.finite).all())
        spent = time.perf_counter() - began
        ended = "" if finite else ", which diverged"
        yield {"what": f"fold {fold + 1} of {model.folds}, {steps:,} updates{ended}", "s": spent}


def _product(side: int) -> dict[str, float]:
    """Returns the fastest of some products of two square matrices."""
    matrix = jax.random.normal(jax.random.key(0), (side, side), jnp.dtype(DTYPE))
    product = jax.jit(jnp.matmul)
    jax.block_until_ready(product(matrix, matrix))
    found = []
    for _ in range(20):
        began = time.perf_counter()
        jax.block_until_ready(product(matrix, matrix))
        found.append(time.perf_counter() - began)
    return {"side": side, "seconds": min(found), "flop_per_s": 2 * side**3 / min(found)}


def _peak() -> float | None:
    """Returns the most GiB that this process held of the card, None where the device says none."""
    stats = jax.local_devices()[0].memory_stats() or {}
    return stats["peak_bytes_in_use"] / 2**30 if "peak_bytes_in_use" in stats else None


PART = Part("study", "The paper's study: 26 folds × 1,000 updates at batch 32", 80, measure)
