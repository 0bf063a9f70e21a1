"""The pure heart: how one fold is initialised, trained and predicted.

Nothing here sees a config, a path, a device or a held-out clip: a training function gets the clip
table and a `FoldTable` that lists the rows it may read. Of a network it knows the contract
(`mol_jax.networks.network`). B is the batch, M the padded number of training rows.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import chex
import flax.struct
import jax
import jax.numpy as jnp
import optax
from jax import Array, lax

from mol_jax.data.clips import Batch, ClipTable
from mol_jax.data.recipe import RECIPES
from mol_jax.networks import split_batch
from mol_jax.networks.network import Dense, Facts, Predicted, Scalars
from mol_jax.training import optim, parts
from mol_jax.training.batches import FoldTable, training_batch
from mol_jax.training.draws import stream
from mol_jax.training.facts import centred, fold_facts
from mol_jax.training.program import Program


@flax.struct.dataclass
class FoldState:
    """What training changes, and what it knows of its rows.

    step: int32 [], updates made. params: of the network. collections: its other variables, by the
    name of their collection, as "batch_stats". opt_state: of the optimiser. facts: of the training
    rows, as they were before the first update. finite: bool [], False from the first update whose
    loss, gradient or variables were not finite. best: step, params and collections of the best step
    so far, where one is chosen by people held in; None where none is.
    """

    step: Array
    params: Any
    collections: dict[str, Any]
    opt_state: Any
    facts: Facts
    finite: Array
    best: Any = None


@flax.struct.dataclass
class StepMetrics:
    """Of one update, each []: batch means of the loss and its terms, the gradient's norm.

    terms: by their names, weighted; they sum to total. finite: bool, `FoldState.finite` after the
    update.
    """

    total: Array
    terms: dict[str, Array]
    grad_norm: Array
    finite: Array


def init_fold(
    program: Program,
    scalars: Scalars,
    table: ClipTable,
    fold: FoldTable,
    given: Mapping[str, Any] | None = None,
) -> FoldState:
    """Returns the state before the first update.

    What a replica starts from is the first of these that there is:

    1. its own newest state, which a checkpoint has, and for which this is not called;
    2. given weights;
    3. weights drawn from the fold's key, moved to where the network starts (`Network.start`).

    Args:
        given: variables of a trained network, {"params": ..., "batch_stats": ...}, or some of
            them; the others are drawn. One of another shape is an error.
    """
    network, facts = program.network, fold_facts(program, table, fold)
    shown = jax.tree.map(jnp.zeros_like, centred(program, table, fold.rows[:1] * table.samples))
    variables = network.module.init(
        stream(fold.key, "init", 0),
        network.inputs(_seen(shown), facts),
        train=False,
        **_arguments(program, None),
    )
    collections = {name: held for name, held in variables.items() if name != "params"}
    params = network.start(variables["params"], facts)
    given = given or {}
    params = parts.replaced(params, given.get("params", {}))
    others = {name: tree for name, tree in given.items() if name != "params"}
    state = FoldState(
        step=jnp.zeros((), jnp.int32),
        params=params,
        collections=parts.replaced(collections, others),
        opt_state=optim.init(program, scalars, parts.split(params, program.frozen)[0]),
        facts=facts,
        finite=jnp.ones((), bool),
    )
    return dataclasses.replace(state, best=_weights(state)) if program.keeps_best else state


def keep_best(program: Program, better: Array, state: FoldState) -> FoldState:
    """Returns the state with its weights as the best so far, where `better`, bool [], says so."""
    assert program.keeps_best
    chex.assert_shape(better, ())
    now, before = _weights(state), state.best
    best = jax.tree.map(lambda new, old: jnp.where(better, new, old), now, before)
    return dataclasses.replace(state, best=best)


def at_best(state: FoldState) -> FoldState:
    """Returns the state with the weights of the best step so far, which it must hold."""
    return dataclasses.replace(state, **state.best, best=None)


def _weights(state: FoldState) -> dict[str, Any]:
    return {"step": state.step, "params": state.params, "collections": state.collections}


def all_finite(tree: Any) -> Array:
    """Returns whether every number of a tree is finite, bool []."""
    return jnp.stack([jnp.isfinite(leaf).all() for leaf in jax.tree.leaves(tree)]).all()


def update(
    program: Program, scalars: Scalars, batch: Batch, facts: Facts, key: Array, state: FoldState
) -> tuple[FoldState, StepMetrics]:
    """Makes one update on a batch, wherever it is from: the heart of all training.

    The mean over the batch of the sum of the network's terms goes down along its gradient, as
    `mol_jax.training.optim` takes it. Draws of the network come from `key`, the fold's, and the
    step.

    Where a batch is split over devices (`mol_jax.networks.split_batch`) the mean is over all of it:
    it is taken within the objective, so that its gradient is the whole batch's.
    """
    chex.assert_rank(batch.label, 1)
    network, (trained, still) = program.network, parts.split(state.params, program.frozen)

    def objective(trained):
        params = split_batch.varying(parts.joined(trained, still))
        with parts.standing_still(program.frozen):
            outputs, changed = network.module.apply(
                {"params": params, **state.collections},
                network.inputs(_seen(batch), facts),
                train=True,
                rngs={"dropout": stream(key, "dropout", state.step)},
                mutable=list(state.collections),
                **_arguments(program, scalars),
            )
        terms = network.losses(outputs, batch, scalars, facts)
        chex.assert_shape(list(terms.values()), batch.label.shape)
        total = split_batch.mean(jnp.mean(sum(terms.values())))
        means = {name: split_batch.mean(jnp.mean(term)) for name, term in terms.items()}
        changed = {**state.collections, **changed}
        collections = parts.kept(state.collections, changed, program.frozen)
        return total, (total, means, collections)

    grads, (total, terms, collections) = jax.grad(objective, has_aux=True)(trained)
    grad_norm = optax.tree.norm(grads)
    trained, opt_state = optim.update(
        program, scalars, grads, state.opt_state, trained, step=state.step
    )
    params = parts.joined(trained, still)
    finite = state.finite & all_finite((total, grad_norm, params, collections))
    new_state = dataclasses.replace(
        state,
        step=state.step + 1,
        params=params,
        collections=collections,
        opt_state=opt_state,
        finite=finite,
    )
    return new_state, StepMetrics(total, terms, grad_norm, finite)


def train_step(
    program: Program, scalars: Scalars, table: ClipTable, fold: FoldTable, state: FoldState
) -> tuple[FoldState, StepMetrics]:
    """Makes one update on a batch of the fold's own rows, drawn by its key and the step."""
    batch = training_batch(program, scalars, table, fold, state.step)
    return update(program, scalars, batch, state.facts, fold.key, state)


def train_chunk(
    program: Program,
    scalars: Scalars,
    table: ClipTable,
    fold: FoldTable,
    state: FoldState,
    num_steps: int,
) -> tuple[FoldState, StepMetrics]:
    """Makes `num_steps` updates in one device loop; the metrics are stacked, each [num_steps]."""

    def body(state, _):
        return train_step(program, scalars, table, fold, state)

    return lax.scan(body, state, length=num_steps)


def predict(program: Program, table: ClipTable, rows: Array, state: FoldState) -> Predicted:
    """Returns one prediction per sample for `rows` [B], on the centre crop.

    A row is a clip's place in the table times `table.samples`, plus the number of its sample: 0 is
    the even one.
    """
    outputs, batch = _tested(program, table, rows, state)
    return program.network.predict(outputs, batch, state.facts)


def predict_dense(program: Program, table: ClipTable, rows: Array, state: FoldState) -> Dense:
    """Returns the flow, landmarks, displacements and weights that `predict` measures."""
    return _dense(program, _tested(program, table, rows, state)[0])


def predict_both(
    program: Program, table: ClipTable, rows: Array, state: FoldState
) -> tuple[Predicted, Dense]:
    """Returns what `predict` and `predict_dense` return, of one look at the samples."""
    return predict_batch(program, centred(program, table, rows), state)


def predict_batch(program: Program, batch: Batch, state: FoldState) -> tuple[Predicted, Dense]:
    """Returns what `predict_both` returns, of crops wherever they are from."""
    batch = dataclasses.replace(batch, label=None)
    outputs = made_of(program, batch, state)
    return program.network.predict(outputs, batch, state.facts), _dense(program, outputs)


def _dense(program: Program, outputs: Any) -> Dense:
    """Returns what there is of `Dense` among a network's outputs, in float32."""
    return jax.tree.map(lambda leaf: leaf.astype(jnp.float32), program.network.dense(outputs))


def _tested(program: Program, table: ClipTable, rows: Array, state: FoldState) -> tuple[Any, Batch]:
    """Returns what the network makes of the samples `rows` [B], and the batch of their crops."""
    batch = dataclasses.replace(centred(program, table, rows), label=None)
    return made_of(program, batch, state), batch


def made_of(program: Program, batch: Batch, state: FoldState, **how: Any) -> Any:
    """Returns what the network makes of a batch that is tested.

    how: more arguments of Flax's `apply`, as mutable=["intermediates"].
    """
    return program.network.module.apply(
        {"params": state.params, **state.collections},
        program.network.inputs(_seen(batch), state.facts),
        train=False,
        **_arguments(program, None),
        **how,
    )


def _seen(batch: Batch) -> Batch:
    """Returns a batch as a network's inputs are made of: without labels, or units that were coded.

    They are what people saw in a clip, as its label is; of one that is tested nobody may know them.
    """
    inputs = {name: x for name, x in batch.inputs.items() if RECIPES[name].of != ("units",)}
    return dataclasses.replace(batch, label=None, inputs=inputs)


def _arguments(program: Program, scalars: Scalars | None) -> dict[str, Any]:
    """Returns the scalars that the network's module takes; 0 where it is not trained."""
    names = program.network.arguments
    return {name: jnp.zeros(()) if scalars is None else scalars[name] for name in names}
