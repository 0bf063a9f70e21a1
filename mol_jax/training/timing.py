"""What an update takes, on any clips and from any weights: timed, nothing is trained by it.

Speed depends on shapes alone, so clips may be noise and weights small numbers. The first call of a
program compiles it, or takes it from the cache, and is told apart.
"""

import dataclasses
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

import jax
import numpy as np

from mol_jax.data.clips import ClipTable
from mol_jax.errors import UserError
from mol_jax.protocol.folds import Fold
from mol_jax.training import footprint
from mol_jax.training.engine import Engine
from mol_jax.training.fetching import chunk_metrics
from mol_jax.training.program import Program
from mol_jax.training.replicas import Replica, Wave
from mol_jax.training.step import FoldState

SECONDS = 1.0  # of updates that are timed, in two chunks or more
LONG = 4.0  # seconds of a chunk that is enough by itself
CHUNKS = 8  # and no more than these
CHUNK = 0.25  # seconds of a chunk of the host's loop, where a chunk may have any length


@dataclasses.dataclass(frozen=True)
class Seconds:
    """compile: what the first call took beyond an update. update: of all replicas of a wave."""

    compile: float
    update: float


def random_table(program: Program, *, clips: int, samples: int = 1, seed: int = 0) -> ClipTable:
    """Returns clips of noise as `program` reads them; clip i is of class i modulo their number.

    samples: of each clip, see `ClipTable`.
    """
    rng = np.random.default_rng(seed)
    _, table, *_ = footprint.shapes(program, clips=clips, samples=samples)
    made = jax.tree.map(lambda leaf: _noise(rng, leaf), table)
    landmarks = made.landmarks
    if landmarks is not None:  # in the middle half of the image
        landmarks = program.side * (np.float32(0.5) + np.clip(landmarks, -2, 2) / 8)
    return dataclasses.replace(
        made,
        landmarks=landmarks,
        label=np.arange(clips, dtype=np.int32) % program.num_classes,
        phases=None if table.phases is None else np.full(clips, samples - 1, np.int32),
    )


def _noise(rng: np.random.Generator, leaf: jax.ShapeDtypeStruct) -> np.ndarray:
    if np.issubdtype(leaf.dtype, np.floating):
        return rng.standard_normal(leaf.shape, np.float32).astype(leaf.dtype)
    if leaf.dtype == bool:
        return rng.random(leaf.shape) < 0.5
    return rng.integers(0, np.iinfo(leaf.dtype).max, leaf.shape, leaf.dtype, endpoint=True)


def random_replicas(count: int, *, clips: int, folds: int) -> list[Replica]:
    """Returns replicas that each hold out an equal share of the clips; of one fold, half."""
    rows, test = np.arange(clips), max(1, clips // max(2, folds))
    fold = Fold("timed", train=rows[test:], test=rows[:test])
    return [Replica(0, seed, fold) for seed in range(count)]


def some_state(engine: Engine) -> FoldState:
    """Returns states of a wave that nothing was compiled for: small positive numbers."""
    rng = np.random.default_rng(0)

    def leaf(shape):
        if not np.issubdtype(shape.dtype, np.floating):
            return np.ones(shape.shape, shape.dtype)
        return (rng.random(shape.shape, np.float32) / 50).astype(shape.dtype)

    return engine.put([jax.tree.map(leaf, engine.shapes)])


def time_updates(
    engine: Engine, wave: Wave, state: FoldState, *, chunk: int = 0
) -> tuple[Seconds, FoldState]:
    """Returns what the updates of a wave take, the fastest chunk of them, and the states after.

    chunk: updates of a call of a device loop, which is compiled for that number; 0 for the host's
    loop, whose chunks are as long as they must be to be timed. The states given are donated.
    """
    first, state = _chunk(engine, wave, state, chunk or 1)
    once, state = _chunk(engine, wave, state, chunk or 1)
    steps = chunk or max(1, math.ceil(CHUNK / once))
    timed, spent = [once / (chunk or 1)], once
    while spent < (SECONDS if len(timed) > 1 else LONG) and len(timed) < CHUNKS:
        seconds, state = _chunk(engine, wave, state, steps)
        timed.append(seconds / steps)
        spent += seconds
    return Seconds(max(0.0, first - once), min(timed)), state


def _chunk(engine: Engine, wave: Wave, state: FoldState, steps: int) -> tuple[float, FoldState]:
    start = time.perf_counter()
    state, metrics = engine.advance(wave, state, steps)
    chunk_metrics(metrics)
    return time.perf_counter() - start, state


def is_out_of_memory(error: Exception) -> bool:
    """Tells whether an error of JAX's is that a device has no memory left."""
    return "RESOURCE_EXHAUSTED" in str(error)


@contextmanager
def memory_refused(sentence: str) -> Iterator[None]:
    """Raises UserError with a sentence where a device has no memory left."""
    try:
        yield
    except jax.errors.JaxRuntimeError as error:
        if not is_out_of_memory(error):
            raise
        raise UserError(sentence) from error
