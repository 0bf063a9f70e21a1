"""Saving four replicas: training that waits for the disk, and training that goes on meanwhile."""

import functools
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import jax
import jax.numpy as jnp

from benchmarks.device.bench import Bench
from benchmarks.device.chunk import STEPS, Chunk
from benchmarks.device.part import Part, Row
from mol_jax.study.checkpoints import Checkpoints
from mol_jax.training.step import FoldState

REPLICAS, CALLS = 4, 10


def measure(bench: Bench) -> Iterator[Row]:
    """Yields updates without a save, with one that is waited for, and with one that is not."""
    from mol_jax.study.saving import fetch  # noqa: PLC0415
    from mol_jax.study.writer import Writer  # noqa: PLC0415

    chunk = bench.chunk("paper", "bfloat16")
    size = sum(leaf.nbytes for leaf in jax.tree.leaves(chunk.model.start)) * REPLICAS / 2**30
    wave = jax.tree.map(lambda leaf: jnp.stack([jnp.asarray(leaf)] * REPLICAS), chunk.model.start)
    calls = bench.steps(CALLS)
    jax.block_until_ready(chunk.run(chunk.begin()))
    with tempfile.TemporaryDirectory() as folder, Writer() as writer:
        checkpoints = Checkpoints(Path(folder))
        _save(checkpoints, fetch(wave, 1))  # the first time is slower
        for what in ("nothing is saved", "waited for", "behind training"):
            began = time.perf_counter()
            if what != "nothing is saved":
                writer.hand(functools.partial(_save, checkpoints, fetch(wave, REPLICAS)))
            if what == "waited for":
                writer.wait()
            waited = time.perf_counter() - began
            _train(chunk, calls)
            spent = time.perf_counter() - began
            writer.wait()
            whole = time.perf_counter() - began
            figures = {"training_s": spent, "waits_s": waited, "until_saved_s": whole, "gib": size}
            yield {"what": f"{REPLICAS} replicas, {calls * STEPS} updates, {what}", **figures}


def _train(chunk: Chunk, calls: int) -> None:
    state = chunk.begin()
    for _ in range(calls):
        state, _ = chunk.run(state)
    jax.block_until_ready(state)


def _save(checkpoints: Checkpoints, states: Sequence[FoldState]) -> None:
    for number, state in enumerate(states):
        checkpoints.save(f"trial0/seed0/{number}", state)


PART = Part("saving", "Saving four replicas", 20, measure)
