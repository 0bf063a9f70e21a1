"""Bytes that training takes of a device, read off the traced program: nothing is compiled.

An update's bytes are the most that its program holds at once beside what it is given
(`mol_jax.training.peak`), and MARGIN for what no program shows. They are to be a little more than
XLA takes. Over its account of compiled programs of MOL: for a GPU (docs/compiled.md) 1.02 to 1.10,
with grouped convolutions 1.17; on a CPU 1.03 to 1.15 in groups with patches, but 0.85 to 0.99 with
`lax`, and 0.86 in bfloat16, which a CPU computes in float32. Of STSTNet, 1.2 to 1.4 on a GPU.
"""

import dataclasses
import functools
import math
from collections.abc import Callable
from functools import partial

import jax
import numpy as np
from jax import ShapeDtypeStruct
from jax.extend.core import Jaxpr
from ml_collections import ConfigDict

from mol_jax.data.clips import ClipTable
from mol_jax.data.recipe import RECIPES
from mol_jax.networks.network import Scalars
from mol_jax.settings.kind import Lowering
from mol_jax.training import flops, parts, step
from mol_jax.training.batches import FoldTable
from mol_jax.training.peak import peak, size
from mol_jax.training.program import Program, make_program
from mol_jax.training.step import FoldState

MARGIN = 1.1  # of an update: buffers that do not fit into each other's place, and workspaces


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
    given: weights that all replicas start from, once on each device.
    """

    weights: int
    optimiser: int
    best: int
    update: int
    update_in_group: int
    table: int
    given: int = 0

    @property
    def state(self) -> int:
        """Returns the bytes of one replica's training state, as a checkpoint has it."""
        return self.weights + self.optimiser + self.best

    def update_of(self, replicas: int) -> int:
        """Returns the bytes of an update of each of `replicas` that train at once on a device."""
        return self.update_in_group if replicas > 1 else self.update

    def device(self, replicas: int) -> int:
        """Returns the bytes of a device that trains `replicas` of them at once."""
        return self.table + self.given + replicas * (self.state + self.update_of(replicas))

    def largest_group(self, memory: int) -> int:
        """Returns how many replicas `memory` bytes hold at once; 0 where they do not hold one."""
        left = memory - self.table - self.given
        several = left // (self.state + self.update_in_group)
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

    lower: how convolutions are lowered where that is open, by how many replicas train at once. If
    it is not given the figure is of an accelerator, else of this machine: on a CPU, XLA fuses less.
    Of predictions nothing is counted: they keep no activations, and stay below an update while
    predict.batch_size is not several times train.batch_size.
    """
    alone, grouped = (
        make_program(config, num_classes=classes, auto=lower(replicas)) for replicas in (1, 2)
    )
    samples = 1 + config.data.phases
    fused = lower is lowered_as_on_accelerators or jax.default_backend() != "cpu"
    # What XLA makes of grouped convolutions for a GPU is fused with little.
    grouped_lax = "lax" in (config.runtime.lowering, lower(2))
    _, table, _, state = shapes(alone, clips=clips, samples=samples)
    return Footprint(
        weights=size((state.params, state.collections, state.facts)),
        optimiser=size(state.opt_state),
        best=size(state.best),
        update=_update(alone, clips, samples, fused=fused),
        update_in_group=_update(grouped, clips, samples, fused=fused and not grouped_lax),
        table=size(table),
        given=size((state.params, state.collections)) if config.init.weights else 0,
    )


@dataclasses.dataclass(frozen=True)
class Work:
    """What a network has to compute.

    parameters: numbers that it trains. update, prediction: FLOPs of its products and convolutions,
    of an update with a whole batch, and of the prediction of one clip.
    """

    parameters: int
    update: int
    prediction: int


@functools.cache
def work(program: Program, *, clips: int, samples: int = 1) -> Work:
    """Returns what `program` has to compute; clips and samples as for `shapes`."""
    _, table, _, state = shapes(program, clips=clips, samples=samples)
    one = ShapeDtypeStruct((1,), np.int32)
    weights = dataclasses.replace(state, opt_state=None, best=None)
    predict = jax.make_jaxpr(partial(step.predict, program))(table, one, weights)
    return Work(
        parameters=parameters(program),
        update=flops.count(_traced(program, clips, samples)),
        prediction=flops.count(predict.jaxpr),
    )


def _update(program: Program, clips: int, samples: int, *, fused: bool) -> int:
    update = _traced(program, clips, samples)
    # No results are held: they replace the state that it was given.
    return math.ceil(MARGIN * peak(update, results=(), fused=fused))


@functools.cache  # a plan for each of several numbers of devices traces once
def _traced(program: Program, clips: int, samples: int) -> Jaxpr:
    given = shapes(program, clips=clips, samples=samples)
    return jax.make_jaxpr(partial(step.train_step, program))(*given).jaxpr


def clip_table(program: Program, *, clips: int, samples: int = 1) -> ClipTable:
    """Returns the clips that `program` reads, as shapes and types; samples: of each clip."""
    frames, shown, side, reads = program.frames, clips * samples, program.side, program.reads
    leaves = {
        "frames": ShapeDtypeStruct((shown, frames, side, side), np.uint8),
        "flow": ShapeDtypeStruct((shown, frames - 1, side, side, 2), np.float16),
        "landmarks": ShapeDtypeStruct((shown, frames, 68, 2), np.float32),
    }
    return ClipTable(
        **{name: leaf if name in reads else None for name, leaf in leaves.items()},
        inputs={
            name: ShapeDtypeStruct((clips, *RECIPES[name].shape(side)), RECIPES[name].dtype)
            for name in reads
            if name not in leaves
        },
        label=ShapeDtypeStruct((clips,), np.int32),
        clip_id=ShapeDtypeStruct((clips,), np.uint32),
        phases=ShapeDtypeStruct((clips,), np.int32) if samples > 1 else None,
    )


@functools.cache
def shapes(
    program: Program, *, clips: int, samples: int = 1
) -> tuple[Scalars, ClipTable, FoldTable, FoldState]:
    """Returns what `step.train_step` takes beside `program`, as shapes and types.

    samples: of each clip, see `ClipTable`.
    """
    table = clip_table(program, clips=clips, samples=samples)
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
    trained, _ = parts.split(state.params, program.frozen)
    return sum(math.prod(leaf.shape) for leaf in jax.tree.leaves(trained))
