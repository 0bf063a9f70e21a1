"""Replicas on this machine's device: the only file that names a device or a device loop.

A replica is one (trial, seed, fold). Here they run one after another through one compiled program;
the functions of `mol_jax.fold` are pure, so mapping them over a replica axis changes only this one.
"""

import dataclasses
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from mol_jax import fold
from mol_jax.accuracy import VideoErrors
from mol_jax.data import ClipTable
from mol_jax.fold import FoldState, FoldTable, StepMetrics
from mol_jax.protocols import Fold
from mol_jax.settings import Hparams, Statics

# For a program that runs once a fold: its random draws take XLA longer to optimise (33 s for the
# small config on one core, against 5 s) than they ever take to run (0.2 s).
QUICK_COMPILE = {"xla_backend_optimization_level": 0}


@dataclasses.dataclass(frozen=True)
class Replica:
    """One training run of a study."""

    trial: int
    seed: int
    fold: Fold

    @property
    def name(self) -> str:
        """Returns the name that its checkpoints are kept under."""
        return f"trial{self.trial}/seed{self.seed}/{self.fold.name}"


def resolve_loop(loop: str) -> str:
    """Returns "host" or "scan" for "auto".

    XLA's CPU convolutions are several times slower inside a device loop (benchmarks/README.md):
    there the host loops over one compiled step.
    """
    if loop != "auto":
        return loop
    return "host" if jax.default_backend() == "cpu" else "scan"


def resolve_lowering(statics: Statics, loop: str) -> Statics:
    """Returns `statics` with "auto" made "patches" where a CPU would loop over convolutions."""
    looped = loop == "scan" and jax.default_backend() == "cpu"
    if statics.lowering == "auto" and looped:
        return dataclasses.replace(statics, lowering="patches")
    return statics


def describe_device() -> str:
    """Returns the backend and the kind of its first device, as "cpu: cpu"."""
    return f"{jax.default_backend()}: {jax.devices()[0].device_kind}"


class Engine:
    """The compiled functions of a fold, over one clip table that lies on the device.

    Every fold has the table's shape (its rows are padded), so each function is compiled once for
    all folds, and for all chunks of one length.
    """

    def __init__(
        self, statics: Statics, hparams: Hparams, table: ClipTable, *, loop: str, batch_size: int
    ):
        self._loop = resolve_loop(loop)
        self._statics = resolve_lowering(statics, self._loop)
        self._hparams = hparams
        self._table = jax.device_put(table)
        self._predict_batch = batch_size
        self._init = jax.jit(fold.init_fold, static_argnums=0, compiler_options=QUICK_COMPILE)
        self._step = jax.jit(fold.train_step, static_argnums=0, donate_argnums=4)
        self._chunk = jax.jit(fold.train_chunk, static_argnums=(0, 5), donate_argnums=4)
        self._predict = jax.jit(fold.predict, static_argnums=0)
        self._mean_face = jax.jit(fold.mean_face, static_argnums=0)

    def fold_table(self, replica: Replica) -> FoldTable:
        """Returns what a replica may train on, padded to the shape that all folds share."""
        size = len(self._table.label)
        table = fold.fold_table(
            replica.fold.train, size=size, seed=replica.seed, name=replica.fold.name
        )
        return jax.device_put(table)

    def init(self, rows: FoldTable) -> FoldState:
        """Returns the state before the first update."""
        return self._init(self._statics, self._hparams, self._table, rows)

    def shapes(self, rows: FoldTable) -> FoldState:
        """Returns the shapes and types of a state, without computing one."""
        return jax.eval_shape(
            partial(fold.init_fold, self._statics), self._hparams, self._table, rows
        )

    def advance(
        self, rows: FoldTable, state: FoldState, num_steps: int
    ) -> tuple[FoldState, StepMetrics]:
        """Makes `num_steps` updates; returns the state and the mean metrics.

        The state that was given is donated: use the returned one.
        """
        arguments = (self._statics, self._hparams, self._table, rows)
        if self._loop == "scan":
            state, metrics = self._chunk(*arguments, state, num_steps)
            return state, jax.tree.map(jnp.mean, metrics)
        steps = []
        for _ in range(num_steps):
            state, metrics = self._step(*arguments, state)
            steps.append(metrics)
        return state, jax.tree.map(lambda *leaves: np.mean(jax.device_get(leaves)), *steps)

    def predict(self, replica: Replica, rows: FoldTable, state: FoldState) -> VideoErrors:
        """Returns one row per held-out video, on the host, in the order of `fold.test`."""
        face = self._mean_face(self._statics, self._table, rows)
        test, size = replica.fold.test, self._predict_batch
        batches = []
        for start in range(0, len(test), size):
            # The last batch repeats a row up to the compiled shape; the repeats are cut off below.
            batch = np.resize(test[start : start + size], size).astype(np.int32)
            weights = dataclasses.replace(state, opt_state=None)
            batches.append(
                jax.device_get(self._predict(self._statics, self._table, batch, weights, face))
            )
        joined = jax.tree.map(lambda *leaves: np.concatenate(leaves), *batches)
        return jax.tree.map(lambda leaf: leaf[: len(test)], joined)
