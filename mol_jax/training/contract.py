"""Whether a user's own network keeps to its contract: traced before training, nothing computed."""

import functools
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from mol_jax.data.clips import ClipTable
from mol_jax.errors import UserError
from mol_jax.networks.network import Predicted, Scalars
from mol_jax.scoring import measure
from mol_jax.settings.find import broken
from mol_jax.training import step
from mol_jax.training.batches import fold_table
from mol_jax.training.program import Program


def check(program: Program, scalars: Scalars, table: ClipTable, *, name: str, mer: bool) -> None:
    """Raises UserError where a network fails, or returns what the contract does not have.

    name: of the network, for the sentence. mer: whether it is to tell classes apart.
    """
    measure.check(program.network.measures)
    rows = np.zeros(2, np.int32)
    fold = fold_table(rows, size=len(table.label), seed=0, name="")
    try:
        state = jax.eval_shape(functools.partial(step.init_fold, program), scalars, table, fold)
        train = functools.partial(step.train_step, program)
        _, metrics = jax.eval_shape(train, scalars, table, fold, state)
        predicted = jax.eval_shape(functools.partial(step.predict, program), table, rows, state)
    except UserError:
        raise
    except Exception as error:  # it is the user's own program
        raise broken(name.rpartition(":")[0], error) from error
    if not metrics.terms:
        raise UserError(f"losses of {name} returned no term; give one at least, as {{'mer': …}}.")
    _check_predicted(program, predicted, name=name, mer=mer)


def _check_predicted(program: Program, predicted: Predicted, *, name: str, mer: bool) -> None:
    probabilities = predicted.probabilities
    shape, wanted = getattr(probabilities, "shape", None), (2, program.num_classes)
    if shape != (wanted if mer else None):
        expected = f"one of shape [B, {wanted[1]}]" if mer else "None, as tasks.mer is off"
        raise UserError(
            f"predict of {name} returned probabilities {_of(shape)}, expected {expected}."
        )
    measures = {one.name: one for one in program.network.measures}
    if measures.keys() != predicted.measures.keys():
        raise UserError(
            f"predict of {name} returned the measures {_named(predicted.measures)}, but its "
            f"`measures` are {_named(measures)}: they must be the same."
        )
    for key, values in predicted.measures.items():
        whole = np.issubdtype(values.dtype, np.integer)
        if values.shape != (2,) or whole != measures[key].share:
            kind = "whole numbers, since it is a share" if measures[key].share else "floats"
            raise UserError(
                f"predict of {name} returned the measure {key!r} {_of(values.shape)} of "
                f"{values.dtype}, expected [B] of {kind}."
            )


def _of(shape: tuple[int, ...] | None) -> str:
    """Writes a shape with B for the batch."""
    return "None" if shape is None else f"[{', '.join(['B', *map(str, shape[1:])])}]"


def _named(names: Mapping[str, Any]) -> str:
    return ", ".join(names) or "none"
