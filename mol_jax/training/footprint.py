"""Bytes that training takes of a device, read off the traced program: nothing is compiled.

An update's bytes are the most that its program holds at once when it runs line by line, beside what
it is given. A compiler fuses and reorders lines, and convolutions want workspaces that no program
shows: it is an estimate. Beside XLA's own account of the compiled update on CPU, with
`runtime.lowering=lax`, the bytes of a device came to 0.97 for the tests' tiny config, 0.93 for
three of its replicas in a group, 0.96 for `configs/synthetic.py` and 1.04 for `configs/casme2.py`.
"""

import dataclasses
import functools
import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import jax
import numpy as np
from jax import ShapeDtypeStruct
from jax.extend.core import ClosedJaxpr, Jaxpr, JaxprEqn, Var
from ml_collections import ConfigDict

from mol_jax.data.clips import ClipTable
from mol_jax.data.recipe import RECIPES
from mol_jax.networks.network import Scalars
from mol_jax.settings.kind import Lowering
from mol_jax.training import step
from mol_jax.training.batches import FoldTable
from mol_jax.training.program import Program, make_program
from mol_jax.training.step import FoldState


@dataclasses.dataclass(frozen=True)
class Footprint:
    """Bytes on a device.

    weights: parameters and running statistics of one replica.
    optimiser: what its optimiser remembers.
    best: weights of its best step, where one is chosen.
    update: the most that one of its updates holds beside them: activations, then gradients.
    update_in_group: the same where other replicas train on the device at the same time, for which
    convolutions may be lowered otherwise.
    table: all clips, once on each device whatever the number of its replicas.
    """

    weights: int
    optimiser: int
    best: int
    update: int
    update_in_group: int
    table: int

    @property
    def state(self) -> int:
        """Returns the bytes of one replica's training state, as a checkpoint has it."""
        return self.weights + self.optimiser + self.best

    def update_of(self, replicas: int) -> int:
        """Returns the bytes of an update of each of `replicas` that train at once on a device."""
        return self.update_in_group if replicas > 1 else self.update

    def device(self, replicas: int) -> int:
        """Returns the bytes of a device that trains `replicas` of them at once."""
        return self.table + replicas * (self.state + self.update_of(replicas))

    def largest_group(self, memory: int) -> int:
        """Returns how many replicas `memory` bytes hold at once; 0 where they do not hold one."""
        several = (memory - self.table) // (self.state + self.update_in_group)
        return several if several > 1 else int(self.device(1) <= memory)


def lowered_as_on_accelerators(group: int) -> Lowering:
    """Returns the lowering of convolutions where that is open: XLA's own, but for a group."""
    return "patches" if group > 1 else "lax"


def estimate(
    config: ConfigDict,
    *,
    clips: int,
    classes: int,
    lower: Callable[[int], Lowering] = lowered_as_on_accelerators,
) -> Footprint:
    """Returns the footprint of a checked config on a view of `clips` clips in `classes` classes.

    lower: how convolutions are lowered where that is open, by how many replicas train at once.
    Of predictions nothing is counted: they keep no activations, and stay below an update while
    predict.batch_size is not several times train.batch_size.
    """
    alone, grouped = (
        make_program(config, num_classes=classes, auto=lower(replicas)) for replicas in (1, 2)
    )
    samples = 1 + config.data.phases
    _, table, _, state = shapes(alone, clips=clips, samples=samples)
    return Footprint(
        weights=size((state.params, state.collections, state.facts)),
        optimiser=size(state.opt_state),
        best=size(state.best),
        update=_update(alone, clips, samples),
        update_in_group=_update(grouped, clips, samples),
        table=size(table),
    )


@functools.cache  # a plan for each of several numbers of devices traces once
def _update(program: Program, clips: int, samples: int) -> int:
    given = shapes(program, clips=clips, samples=samples)
    update = jax.make_jaxpr(partial(step.train_step, program))(*given)
    return peak(update.jaxpr, results=())  # they replace the state that it was given


@functools.cache
def shapes(
    program: Program, *, clips: int, samples: int = 1
) -> tuple[Scalars, ClipTable, FoldTable, FoldState]:
    """Returns what `step.train_step` takes beside `program`, as shapes and types.

    samples: of each clip, see `ClipTable`.
    """
    frames, shown, side, reads = program.frames, clips * samples, program.side, program.reads
    leaves = {
        "frames": ShapeDtypeStruct((shown, frames, side, side), np.uint8),
        "flow": ShapeDtypeStruct((shown, frames - 1, side, side, 2), np.float16),
        "landmarks": ShapeDtypeStruct((shown, frames, 68, 2), np.float32),
    }
    table = ClipTable(
        **{name: leaf if name in reads else None for name, leaf in leaves.items()},
        inputs={
            name: ShapeDtypeStruct((clips, *RECIPES[name].shape), np.float32)
            for name in reads
            if name not in leaves
        },
        label=ShapeDtypeStruct((clips,), np.int32),
        clip_id=ShapeDtypeStruct((clips,), np.uint32),
        phases=ShapeDtypeStruct((clips,), np.int32) if samples > 1 else None,
    )
    rows = FoldTable(
        rows=ShapeDtypeStruct((clips,), np.int32),
        valid=ShapeDtypeStruct((clips,), np.bool_),
        key=jax.eval_shape(partial(jax.random.key, 0)),
    )
    scalar = ShapeDtypeStruct((), np.float32)
    scalars: Scalars = dict.fromkeys(program.scalars, scalar)
    state = jax.eval_shape(partial(step.init_fold, program), scalars, table, rows)
    return scalars, table, rows, state


@functools.cache
def parameters(program: Program) -> int:
    """Returns how many numbers a network trains."""
    *_, state = shapes(program, clips=1)
    return sum(math.prod(leaf.shape) for leaf in jax.tree.leaves(state.params))


def size(tree: Any) -> int:
    """Returns the bytes of a tree of arrays, or of their shapes."""
    return sum(math.prod(leaf.shape) * leaf.dtype.itemsize for leaf in jax.tree.leaves(tree))


def peak(program: Jaxpr, *, results: Sequence[Any]) -> int:
    """Returns the most bytes that a program holds at once, beside what it is given.

    A value is held from the line that makes it to the last that reads it, `results` to the end.
    """
    last = {var: i for i, line in enumerate(program.eqns) for var in _variables(line.invars)}
    last |= dict.fromkeys(_variables(results), len(program.eqns))
    held: dict[Var, int] = {}
    most = 0
    for i, line in enumerate(program.eqns):
        made = {var: size(var.aval) for var in line.outvars}
        inside = max((peak(inner, results=inner.outvars) for inner in _programs(line)), default=0)
        most = max(most, sum(held.values()) + max(sum(made.values()), inside))
        held = {var: n for var, n in (held | made).items() if last.get(var, -1) > i}
    return most


def _variables(values: Sequence[Any]) -> Iterator[Var]:
    """Yields the variables among the values of a line, which may be literals."""
    return (value for value in values if isinstance(value, Var))


def _programs(line: JaxprEqn) -> Iterator[Jaxpr]:
    """Yields the programs that a line runs: of a call, its own; of a loop, its body."""
    for parameter in jax.tree.leaves(line.params):
        if isinstance(parameter, ClosedJaxpr):
            yield parameter.jaxpr
        elif isinstance(parameter, Jaxpr):
            yield parameter
