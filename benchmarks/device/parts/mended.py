"""What was written for a GPU without one, each beside what it replaces."""

import functools
import statistics
import time
from collections.abc import Iterator

import jax
import numpy as np

from benchmarks.derived import derived_gradients
from benchmarks.device.bench import Bench, together
from benchmarks.device.chunk import Chunk
from benchmarks.device.part import Part, Row
from benchmarks.device.result_file import said
from benchmarks.device.turns import begun, engine_of, wave_of
from mol_jax.training import step

DTYPES = ("bfloat16", "float32")
CALLS = 6


def measure(bench: Bench) -> Iterator[Row]:
    """Yields an item's rows after one another, the slowest item first."""
    yield from _kernel_gradients(bench)
    yield from _quick_compile(bench)
    yield from _predictions(bench)


def _kernel_gradients(bench: Bench) -> Iterator[Row]:
    """Yields the whole update with transposed convolutions as JAX derives them, and as ours.

    How long each compiles is not told: they compile side by side, or were compiled before.
    """
    name, dtypes = "paper", DTYPES[:1] if bench.tiny else DTYPES
    with derived_gradients():
        before = [Chunk(bench.model(name), dtype) for dtype in dtypes]
    ours = [bench.chunk(name, dtype) for dtype in dtypes]
    chunks = [*before, *ours]
    compiled = list(together([lambda chunk=chunk: chunk.compiled for chunk in chunks]))
    whats = [f"kernel gradients {how}, {d}" for how in ("JAX's", "ours") for d in dtypes]
    for what, chunk, failed in zip(whats, chunks, compiled, strict=True):
        if isinstance(failed, Exception):
            yield {"what": f"{name}, {what}", "why": said(str(failed))}
            continue
        seconds = statistics.median(chunk.times(bench.steps(CALLS)))
        gib = None if chunk.bytes is None else chunk.bytes / 2**30
        yield {"what": f"{name}, {what}", "ms": 1e3 * seconds, "gib": gib}


def _quick_compile(bench: Bench) -> Iterator[Row]:
    """Yields the initialisation compiled as usual, and with XLA's least optimisation."""
    model = bench.model("small")
    arguments = (model.scalars, model.on_device, model.rows(0))
    for how, options in (("as usual", None), ("quickly", {"xla_backend_optimization_level": 0})):
        what = f"small, initialisation compiled {how}"
        init = functools.partial(step.init_fold, model.program("float32", "lax"))
        lowered = jax.jit(init).lower(*arguments)
        began = time.perf_counter()
        try:
            compiled = lowered.compile(options)
        except Exception as error:  # a compiler may not take the option, and the next item goes on
            yield {"what": what, "why": said(str(error))}
            continue
        spent = time.perf_counter() - began
        jax.block_until_ready(compiled(*arguments))
        began = time.perf_counter()
        jax.block_until_ready(compiled(*arguments))
        ran = time.perf_counter() - began
        yield {"what": what, "ms": 1e3 * ran, "compile_s": spent}


def _predictions(bench: Bench) -> Iterator[Row]:
    """Yields the predictions of every clip, each batch fetched before the next, and launched."""
    model = bench.model("small")
    engine = engine_of(model, lowering="auto")
    wave, state = wave_of(model, engine), begun(model, engine)
    size, every = model.config.predict.batch_size, np.arange(model.clips)

    def each() -> None:
        for first in range(0, len(every), size):
            engine.predict(wave, state, [every[first : first + size]])

    def at_once() -> None:
        engine.predict(wave, state, [every])

    each()
    seconds: dict[str, float] = {}
    for _ in range(3):
        for what, run in {"fetched one by one": each, "launched before": at_once}.items():
            began = time.perf_counter()
            run()
            seconds[what] = min(time.perf_counter() - began, seconds.get(what, np.inf))
    for what, spent in seconds.items():
        yield {"what": f"small, {model.clips} clips predicted, {what}", "ms": 1e3 * spent}


PART = Part("mended", "Before and after: what was written for a GPU without one", 85, measure)
