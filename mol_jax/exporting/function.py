"""The mean over a run's models as one function of arrays, its weights inside: what is exported."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, ShapeDtypeStruct

from mol_jax.data.clips import ClipTable
from mol_jax.predicting.models import temperature
from mol_jax.predicting.models.model import Model
from mol_jax.predicting.models.outputs import Outputs
from mol_jax.training import footprint, step
from mol_jax.training.facts import cropped
from mol_jax.training.program import Program, make_program
from mol_jax.training.step import FoldState

OUTPUTS = tuple(field.name for field in dataclasses.fields(Outputs))
ANY, ONE = "B is any number of clips.", "B is 1: it is called once for each clip."
Said = dict[str, Any]  # by the names of `OUTPUTS`, what the network has of them


def names(model: Model) -> tuple[str, ...]:
    """Returns the names of the function's arguments in their order: frames, or recipes' inputs."""
    return model.needs


def shapes(model: Model, clips: Any) -> dict[str, ShapeDtypeStruct]:
    """Returns the shapes and types of the arguments by name; clips: how many, or a symbol."""
    one = _leaves(footprint.clip_table(model.program, clips=1))
    return {
        name: ShapeDtypeStruct((clips, *one[name].shape[1:]), one[name].dtype)
        for name in names(model)
    }


def function(model: Model) -> Callable[..., Said]:
    """Returns a function of the arguments of `names`, each [B, ...], to what the models say.

    That is {"probabilities": [B, c], …}: as `Model.predict`, calibrated, without the spread. Its
    convolutions are products and copies, which every backend and converter has, with and without
    an axis of models.
    """
    program = _program(model)
    states = [member.state for member in model.members]
    weights = jax.tree.map(lambda *leaves: jnp.stack(leaves), *states)
    alone = jax.tree.map(lambda leaf: leaf[0], weights)

    def said(*arrays: Array) -> Said:
        clips = table(program, dict(zip(names(model), arrays, strict=True)))
        if len(states) == 1:
            found = _one(program, model.dense, clips, alone)
        else:
            each = jax.vmap(lambda state: _one(program, model.dense, clips, state))(weights)
            found = jax.tree.map(lambda leaf: leaf.mean(0), each)
        return _calibrated(found, model.about.temperature)

    return said


def one_by_one(call: Callable[[dict[str, Any]], Said], given: Mapping[str, Any]) -> Said:
    """Returns what a function of one clip says of B clips, [B, ...] of each output."""
    clips = len(next(iter(given.values())))
    each = [
        call({name: leaf[row : row + 1] for name, leaf in given.items()}) for row in range(clips)
    ]
    return {name: np.concatenate([one[name] for one in each]) for name in each[0]}


def _program(model: Model) -> Program:
    """Returns the run's program with convolutions as products."""
    classes = len(model.about.classes)
    return make_program(model.config, num_classes=classes, auto="patches")


def _one(program: Program, dense: bool, table: ClipTable, state: FoldState) -> Said:
    found, seen = step.predict_batch(program, cropped(program, table), state)
    said: Said = {"probabilities": found.probabilities}
    said |= {"landmarks": seen.landmarks, "flow": seen.flow} if dense else {}
    return {name: leaf for name, leaf in said.items() if leaf is not None}


def _calibrated(found: Said, t: float | None) -> Said:
    if t is None or "probabilities" not in found:
        return found
    logs = jnp.log(jnp.maximum(found["probabilities"], temperature.LEAST))
    return found | {"probabilities": jax.nn.softmax(logs / t, axis=-1)}


def table(program: Program, given: Mapping[str, Any]) -> ClipTable:
    """Returns a table of the arguments, with zeros for what the network is only taught."""
    count = next(iter(given.values())).shape[0]
    like = footprint.clip_table(program, clips=1)

    def leaf(name: str, of: Any) -> Any:
        if of is None:
            return None
        return given[name] if name in given else jnp.zeros((count, *of.shape[1:]), of.dtype)

    return dataclasses.replace(
        like,
        **{name: leaf(name, getattr(like, name)) for name in ("frames", "flow", "landmarks")},
        inputs={name: leaf(name, of) for name, of in like.inputs.items()},
        label=jnp.zeros(count, jnp.int32),
        clip_id=jnp.zeros(count, jnp.uint32),
    )


def _leaves(table: ClipTable) -> dict[str, Any]:
    shown = {name: getattr(table, name) for name in ("frames", "flow", "landmarks")}
    return shown | table.inputs
