"""Some updates of one replica as one compiled program, with what the compiler says of it."""

import functools
import time
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from benchmarks.device.models import Model
from mol_jax.training import flops, step
from mol_jax.training.step import FoldState

STEPS = 5  # of one call, in a device loop


class Chunk:
    """`STEPS` updates of a model's first replica: as a study trains one, ahead of time."""

    def __init__(self, model: Model, dtype: str, options: Mapping[str, Any] | None = None):
        """Traces the program. It is compiled, with XLA's `options`, when it is needed."""
        self.model, self._options = model, options
        program = model.program(dtype, "lax")
        arguments = (model.scalars, model.on_device, model.rows(0))
        one = jax.jit(functools.partial(step.train_step, program))
        # XLA's own account is empty on a GPU.
        self.flops = flops.count(one.trace(*arguments, model.start).jaxpr.jaxpr)
        many = functools.partial(step.train_chunk, program, num_steps=STEPS)
        self._lowered = jax.jit(many, donate_argnums=3).lower(*arguments, model.start)
        self._arguments = arguments[:2]

    @functools.cached_property
    def compiled(self) -> Any:
        """The program, compiled; `compile_seconds` says how long that took."""
        began = time.perf_counter()
        compiled = self._lowered.compile(self._options)
        self.compile_seconds = time.perf_counter() - began
        return compiled

    @property
    def bytes(self) -> int | None:
        """Returns what the compiler says that the program takes of a device, None if it does not.

        What is given is counted with what is made; a state that is given away is counted once.
        """
        found = self.compiled.memory_analysis()
        if found is None:
            return None
        parts = (found.argument_size_in_bytes, found.output_size_in_bytes, found.temp_size_in_bytes)
        return sum(parts) - found.alias_size_in_bytes

    def begin(self) -> FoldState:
        """Returns a state of its own to start from, on the device."""
        # A copy: what is given to `run` is given away.
        return jax.tree.map(jnp.array, self.model.start)

    def run(self, state: FoldState, number: int = 0) -> tuple[FoldState, step.StepMetrics]:
        """Makes `STEPS` updates of a replica and does not wait. The state is given away."""
        return self.compiled(*self._arguments, self.model.rows(number), state)

    def times(self, calls: int) -> list[float]:
        """Returns seconds of an update, of each of `calls` calls after a first one."""
        state, metrics = self.run(self.begin())
        jax.block_until_ready(metrics)
        found = []
        for _ in range(calls):
            began = time.perf_counter()
            state, metrics = self.run(state)
            jax.block_until_ready(metrics)
            found.append((time.perf_counter() - began) / STEPS)
        return found
