"""FRL-DGT at full size: an update alone and in a group, its memory, and what 68 folds come to."""

import statistics
from collections.abc import Iterator

import jax

from benchmarks.device.bench import Bench
from benchmarks.device.chunk import Chunk
from benchmarks.device.models import Model
from benchmarks.device.part import Part, Row
from benchmarks.device.result_file import said
from benchmarks.device.turns import turn, turns
from mol_jax.training import footprint

NAME = "frl_dgt"
DTYPES = ("bfloat16", "float32")
CALLS = 6
GROUP = 4


def measure(bench: Bench) -> Iterator[Row]:
    """Yields the update of one replica in each type, and then that of a few side by side."""
    model = bench.model(NAME)
    # One after another: where the time ends, those that were measured are kept.
    for dtype in DTYPES[: 1 if bench.tiny else None]:
        what = f"an update of FRL-DGT, batch {model.config.train.batch_size}, {dtype}"
        try:
            yield {"what": what} | _alone(bench, bench.chunk(NAME, dtype), dtype)
        except jax.errors.JaxRuntimeError as error:
            yield {"what": what, "why": said(str(error))}
    try:
        several = turn(model, group=GROUP, steps=bench.steps(4))
    except Exception as error:  # a card may have no memory for them
        several = error
    (figures,) = turns([several])
    if "ms_per_fold" in figures:
        figures["hours_of_all_folds"] = _hours(model, figures["ms_per_fold"] / 1e3)
    yield {"what": f"{GROUP} side by side, float32", **figures}


def _hours(model: Model, update: float) -> float:
    return model.folds * model.config.train.steps * update / 3600


def _alone(bench: Bench, chunk: Chunk, dtype: str) -> Row:
    model = chunk.model
    update = statistics.median(chunk.times(bench.steps(CALLS)))
    planned = footprint.estimate(
        model.changed(dtype), clips=model.clips, classes=model.classes, lower=lambda _: "lax"
    ).device(1)
    return {
        "ms": 1e3 * update,
        "gflop": chunk.flops / 1e9,
        "tflop_per_s": chunk.flops / update / 1e12,
        "compiled_gib": None if chunk.bytes is None else chunk.bytes / 2**30,
        "planned_gib": planned / 2**30,
        "hours_of_all_folds": _hours(model, update),
        "compile_s": chunk.compile_seconds,
    }


PART = Part(NAME, "FRL-DGT at full size: 68 folds × 1,500 updates at batch 32", 260, measure)
