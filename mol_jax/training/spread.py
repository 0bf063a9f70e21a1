"""One replica whose batches are split over devices: the compiled functions of a pre-training.

The mesh has the axes ("replica", "data"); the first is 1. Weights lie on every device, and of a
batch each has an equal part. What the parts have in common, the objective and the statistics of
batch norm, is reduced inside of the program (`mol_jax.networks.split_batch`), with JAX's check of
what may vary over an axis on: with it off, the same code is silently wrong.
"""

import dataclasses
import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np
from jax.sharding import AxisType, Mesh, NamedSharding
from jax.sharding import PartitionSpec as P

from mol_jax.data.clips import ClipTable
from mol_jax.errors import UserError
from mol_jax.networks.network import Predicted, Scalars
from mol_jax.networks.split_batch import DATA
from mol_jax.training import step as fold_step
from mol_jax.training.batches import FoldTable, augmented
from mol_jax.training.compiled import QUICK_COMPILE, REPLICA, told
from mol_jax.training.fetching import fetched
from mol_jax.training.program import Program
from mol_jax.training.step import FoldState, StepMetrics


def update(
    program: Program, scalars: Scalars, clips: ClipTable, key: jax.Array, state: FoldState
) -> tuple[FoldState, StepMetrics]:
    """Makes one update on the clips of a batch, or of this device's part of it."""
    batch = augmented(program, scalars, clips, key, state.step)
    return fold_step.update(program, scalars, batch, state.facts, key, state)


class Spread:
    """The compiled functions of one replica on the devices given."""

    def __init__(self, program: Program, scalars: Scalars, devices: Sequence[jax.Device]):
        """Raises UserError where a batch cannot be split evenly over the devices."""
        if program.batch_size % len(devices):
            raise UserError(
                f"train.batch_size is {program.batch_size}, which {len(devices)} devices cannot "
                "share evenly; give a multiple of their number, or another runtime.devices."
            )
        self._program, self._scalars = program, scalars
        self.mesh = jax.make_mesh(
            (1, len(devices)),
            (REPLICA, DATA),
            devices=devices,
            axis_types=(AxisType.Auto, AxisType.Auto),
        )
        self._whole, self._split = (NamedSharding(self.mesh, spec) for spec in (P(), P(DATA)))

    @property
    def devices(self) -> int:
        """Returns the number of devices in use."""
        return self.mesh.size

    def init(self, table: ClipTable, rows: FoldTable) -> FoldState:
        """Returns the state before the first update, whose facts are of the rows of a table."""
        made = _init(self._program, self.mesh)
        return made(self._scalars, *jax.device_put((table, rows), self._whole))

    def shapes(self, table: ClipTable, rows: FoldTable) -> FoldState:
        """Returns the shapes and types of a state."""
        init = functools.partial(fold_step.init_fold, self._program)
        return jax.eval_shape(init, self._scalars, table, rows)

    def put(self, state: FoldState) -> FoldState:
        """Returns a state from the host on the devices."""
        return jax.device_put(state, self._whole)

    def put_batch(self, clips: ClipTable) -> ClipTable:
        """Returns the clips of a batch on the devices, on each its part."""
        return jax.device_put(clips, self._split)

    def update(
        self, clips: ClipTable, key: jax.Array, state: FoldState
    ) -> tuple[FoldState, StepMetrics]:
        """Starts an update on a batch of `put_batch`, and does not wait for it.

        The state that was given is donated.
        """
        return self._update(self._scalars, clips, key, state)

    def keep_best(self, state: FoldState) -> FoldState:
        """Returns the state with its weights as the best so far. What is given is donated."""
        return self._keep_best(np.ones((), bool), state)

    def predict(self, table: ClipTable, state: FoldState, *, batch_size: int) -> Predicted:
        """Returns what is predicted of every clip of a table, on the host, in its order.

        batch_size: clips on a device at once; it changes no result.
        """
        clips, size = len(table.label), batch_size * self.devices
        rows = np.resize(np.arange(clips, dtype=np.int32), -(-clips // size) * size)
        weights = dataclasses.replace(state, opt_state=None, best=None)
        shown = jax.device_put(table, self._whole)
        launched = (
            self._predict(shown, jax.device_put(rows[i : i + size], self._split), weights)
            for i in range(0, len(rows), size)
        )
        joined = jax.tree.map(lambda *leaves: np.concatenate(leaves), *fetched(launched))
        return jax.tree.map(lambda leaf: leaf[:clips], joined)

    @property
    def _update(self) -> Callable[..., Any]:
        specs = (P(), P(DATA), P(), P())
        return _compiled(update, self._program, self.mesh, specs, (P(), P()), donate=3)

    @property
    def _predict(self) -> Callable[..., Any]:
        specs = (P(), P(DATA), P())
        return _compiled(fold_step.predict, self._program, self.mesh, specs, P(DATA))

    @property
    def _keep_best(self) -> Callable[..., Any]:
        specs = (P(), P())
        return _compiled(fold_step.keep_best, self._program, self.mesh, specs, P(), donate=1)


@functools.lru_cache(maxsize=16)
def _init(program: Program, mesh: Mesh) -> Callable[..., Any]:
    return jax.jit(
        functools.partial(fold_step.init_fold, program),
        out_shardings=NamedSharding(mesh, P()),
        compiler_options=told(program, QUICK_COMPILE, mesh),
    )


@functools.lru_cache(maxsize=32)  # pre-trainings of the same shape share their programs
def _compiled(
    function: Callable,
    program: Program,
    mesh: Mesh,
    ins: tuple[P, ...],
    outs: P | tuple[P, ...],
    *,
    donate: int | None = None,
) -> Callable[..., Any]:
    """Returns `function(program, ...)` compiled over the devices of a mesh."""
    mapped = jax.shard_map(
        functools.partial(function, program),
        mesh=mesh,
        in_specs=ins,
        out_specs=outs,
        check_vma=True,
    )
    return jax.jit(
        mapped,
        donate_argnums=() if donate is None else donate,
        compiler_options=told(program, (), mesh),
    )
