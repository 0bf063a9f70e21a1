"""One update on the card and on the CPU, with products as exact as they get: do they agree?"""

import functools
from collections.abc import Iterator

import jax
import numpy as np

from benchmarks.device.bench import Bench, together
from benchmarks.device.models import Model
from benchmarks.device.part import Part, Row
from mol_jax.settings.kind import Lowering
from mol_jax.training import step
from mol_jax.training.step import FoldState, StepMetrics

Job = tuple[Model, jax.Device, Lowering]


def measure(bench: Bench) -> Iterator[Row]:
    """Yields the largest differences of the loss, of the gradient and of running statistics."""
    for name in ("ststnet",) if bench.tiny else ("ststnet", "small"):
        model = bench.model(name)
        card, cpu = jax.local_devices()[0], jax.local_devices(backend="cpu")[0]
        model.start  # noqa: B018  compiled once, not in each thread
        jobs: list[Job] = [(model, card, "lax"), (model, cpu, "patches")]
        here, there = together([lambda job=job: _update(*job) for job in jobs])
        for failed in (here, there):
            if isinstance(failed, Exception):
                raise failed
        # Adam's moments after one update are the gradient and its square, times constants.
        yield {
            "what": f"{name}, {card.platform} with lax against cpu with patches",
            "loss": _difference(here[1].total, there[1].total),
            "gradient": _difference(here[0].opt_state, there[0].opt_state),
            "statistics": _difference(here[0].collections, there[0].collections),
        }


def _update(model: Model, device: jax.Device, lowering: Lowering) -> tuple[FoldState, StepMetrics]:
    """Returns the first update of a model's first replica on a device."""
    program = model.program("float32", lowering)
    given = jax.device_put((model.scalars, model.table, model.rows(0), model.start), device)
    with jax.default_matmul_precision("highest"):
        made = jax.jit(functools.partial(step.train_step, program))(*given)
    return jax.device_get(made)


def _difference(one: object, other: object) -> float:
    """Returns the largest difference within a leaf over the leaf's largest number."""
    leaves = zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True)
    found = [0.0]
    for a, b in leaves:
        if np.issubdtype(a.dtype, np.floating):
            scale = np.abs(b).max(initial=0.0)
            found.append(float(np.abs(a - b).max(initial=0.0) / scale) if scale else 0.0)
    return max(found)


PART = Part("agreement", "One update on the card and on the CPU, precision highest", 25, measure)
