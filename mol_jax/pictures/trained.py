"""The trained networks of a run's folds: what each makes of clips, with its own weights."""

import dataclasses
import functools
from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from mol_jax.data.clips import ClipTable
from mol_jax.networks.network import Dense
from mol_jax.pictures.maps.inputs import greyed, replaced, taken
from mol_jax.protocol.folds import Fold
from mol_jax.settings.trials import Trial
from mol_jax.study.study import Study
from mol_jax.training import step
from mol_jax.training.facts import centred
from mol_jax.training.program import Program, make_program
from mol_jax.training.step import FoldState

BATCH = 8  # clips at once


@dataclasses.dataclass(frozen=True, eq=False)
class Trained:
    """One fold's network with the weights that its people were tested by.

    name: of the replica. table: of all clips, on the device.
    """

    name: str
    fold: Fold
    program: Program
    table: ClipTable
    state: FoldState

    def probabilities(self, rows: np.ndarray) -> np.ndarray:
        """Returns what is predicted of clips, float32 [R, n]."""
        return self._each(_probabilities, rows)

    def embeddings(self, rows: np.ndarray) -> np.ndarray | None:
        """Returns the embedding of clips, float32 [R, d]; None where the network has none."""
        return self._each(_embedding, rows)

    def dense(self, rows: np.ndarray) -> Dense:
        """Returns the flow and landmarks of clips."""
        return self._each(step.predict_dense, rows)

    def attention(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """Returns the weights of attention of clips, by the names of their modules.

        [R, parts, ...]: a module may be used of several parts of a clip, as its frames.
        """
        return self._each(_attention, rows)

    def gradients(
        self, rows: np.ndarray, classes: np.ndarray, of: tuple[str, ...]
    ) -> dict[str, np.ndarray]:
        """Returns ∂(logit of a class)/∂(input), of each clip and input that is named, [R, ...].

        classes: int [R]. Of a network without logits it is that of the log-probability.
        """
        return self._each(functools.partial(_gradients, of=of), rows, classes)

    @functools.cached_property
    def score(self) -> str:
        """Returns what gradients are of: logit or, of a network without, log-probability."""

        def look(table: ClipTable, state: FoldState) -> Array | None:
            batch = _batch(self.program, table, jnp.zeros(1, jnp.int32))
            return _own_logits(step.made_of(self.program, batch, state))

        found = jax.eval_shape(look, self.table, self.state)
        return "log-probability" if found is None else "logit"

    def hidden(
        self, rows: np.ndarray, classes: np.ndarray, of: tuple[str, ...], grid: int
    ) -> np.ndarray:
        """Returns a class's probability with each of grid² cells greyed, float32 [R, grid²]."""
        return self._each(functools.partial(_hidden, of=of, grid=grid), rows, classes)

    def _each(self, function: Callable, rows: np.ndarray, *more: np.ndarray) -> Any:
        """Returns what a function makes of the even samples of clips, a batch at a time."""
        compiled, state = _compiled(function), jax.device_put(self.state)
        parts = []
        for start in range(0, len(rows), BATCH):
            here = slice(start, start + BATCH)
            # Rows repeat up to the compiled shape; the repeats are cut off.
            of = [np.resize(leaf[here], BATCH).astype(np.int32) for leaf in (rows, *more)]
            found = compiled(self.program, self.table, of[0] * self.table.samples, state, *of[1:])
            size = len(rows[here])
            parts.append(jax.tree.map(lambda leaf, size=size: np.asarray(leaf)[:size], found))
        return jax.tree.map(lambda *leaves: np.concatenate(leaves), *parts)


def trained(study: Study, trial: Trial) -> Iterator[Trained]:
    """Yields each fold's network of a trial's first seed; of those that diverged none."""
    program = make_program(trial.config, num_classes=len(study.dataset.classes))
    like = study.engine([trial], trains=False).shapes
    table = jax.device_put(study.dataset.table)
    first = trial.config.seeds[0]
    for replica in study.replicas([trial]):
        tested = study.checkpoints.finished(replica.name)
        if replica.seed != first or tested is None or not tested[1]:
            continue
        state = study.checkpoints.restore_final(replica.name, like)  # stays on the host
        yield Trained(replica.name, replica.fold, program, table, state)


@functools.cache
def _jitted(function: Callable, how: tuple[tuple[str, Any], ...]) -> Callable:
    return jax.jit(functools.partial(function, **dict(how)), static_argnums=0)


def _compiled(function: Callable) -> Callable:
    if isinstance(function, functools.partial):
        return _jitted(function.func, tuple(sorted(function.keywords.items())))
    return _jitted(function, ())


def _probabilities(program: Program, table: ClipTable, rows: Array, state: FoldState) -> Array:
    return step.predict(program, table, rows, state).probabilities


def _embedding(program: Program, table: ClipTable, rows: Array, state: FoldState) -> Array | None:
    outputs = step.made_of(program, _batch(program, table, rows), state)
    found = program.network.embedding(outputs)
    return None if found is None else found.astype(jnp.float32)


def _attention(
    program: Program, table: ClipTable, rows: Array, state: FoldState
) -> dict[str, Array]:
    batch = _batch(program, table, rows)
    _, held = step.made_of(program, batch, state, mutable=["intermediates"])
    paths = jax.tree_util.tree_leaves_with_path(held.get("intermediates", {}))
    found = {jax.tree_util.keystr(path, simple=True, separator="/"): leaf for path, leaf in paths}
    return {
        name.partition("/attention/0")[0]: leaf.reshape(len(rows), -1, *leaf.shape[1:]).astype(
            jnp.float32
        )
        for name, leaf in found.items()
        if name.endswith("attention/0")
    }


def _gradients(
    program: Program,
    table: ClipTable,
    rows: Array,
    state: FoldState,
    classes: Array,
    *,
    of: tuple[str, ...],
) -> dict[str, Array]:
    batch = _batch(program, table, rows)

    def total(leaves: dict[str, Array]) -> Array:
        # Clips do not see each other when they are tested: the sum's gradient is that of each.
        scores = logits(program, replaced(batch, leaves), state)
        return jnp.take_along_axis(scores, classes[:, None], axis=1).sum()

    found = jax.grad(total)(taken(batch, of))
    return jax.tree.map(lambda leaf: leaf.astype(jnp.float32), found)


def logits(program: Program, batch: Any, state: FoldState) -> Array:
    """Returns the logits of a batch that is tested; log-probabilities where there are none."""
    outputs = step.made_of(program, batch, state)
    found = _own_logits(outputs)
    if found is None:
        found = jnp.log(program.network.predict(outputs, batch, state.facts).probabilities)
    return found.astype(jnp.float32)


def _own_logits(outputs: Any) -> Array | None:
    held = getattr(outputs, "own", outputs)  # of a network with losses of its embedding
    return getattr(held, "logits", None)


def _hidden(
    program: Program,
    table: ClipTable,
    rows: Array,
    state: FoldState,
    classes: Array,
    *,
    of: tuple[str, ...],
    grid: int,
) -> Array:
    batch = _batch(program, table, rows)
    leaves = taken(batch, of)

    def one(cell: Array) -> Array:
        shown = replaced(batch, greyed(leaves, cell, grid))
        outputs = step.made_of(program, shown, state)
        found = program.network.predict(outputs, shown, state.facts).probabilities
        return jnp.take_along_axis(found, classes[:, None], axis=1)[:, 0]

    return jax.lax.map(one, jnp.arange(grid * grid)).T


def _batch(program: Program, table: ClipTable, rows: Array) -> Any:
    return dataclasses.replace(centred(program, table, rows), label=None)
