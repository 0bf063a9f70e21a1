"""The pure heart: how one fold is initialised, trained and predicted.

Nothing here sees a config, a path, a device or a held-out clip: a training function gets the clip
table and a `FoldTable` that lists the rows it may read. B is the batch, t the frames of a clip.
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

from mol_jax import augment, optim
from mol_jax.batches import FoldTable, class_counts, clips_at, stream, training_batch
from mol_jax.data import Batch, ClipTable, Leaf
from mol_jax.networks.mol import losses, measures
from mol_jax.networks.mol.landmark_head import with_mean_face
from mol_jax.networks.mol.mol import Mol, MolOutputs
from mol_jax.settings import Hparams, Statics


@flax.struct.dataclass
class FoldState:
    """What training changes.

    step: int32 [], updates made. params, batch_stats: of the network. opt_state: of the optimiser.
    finite: bool [], False from the first update whose loss, gradient or parameters were not
    finite.
    """

    step: Array
    params: Any
    batch_stats: Any
    opt_state: Any
    finite: Array


@flax.struct.dataclass
class StepMetrics:
    """Of one update, each []: batch means of the loss and its terms, the gradient's norm.

    finite: bool, `FoldState.finite` after the update.
    """

    total: Array
    mer: Array
    flow: Array
    landmarks: Array
    auxiliary: Array
    grad_norm: Array
    finite: Array


@flax.struct.dataclass
class Dense:
    """The flow and landmarks that are predicted of B samples; None where a task is off.

    flow: float32 [B, t-1, H, W, 2], (u, v) px of the crop. landmarks: float32 [B, t-1, 68, 2],
    (x, y) px of the crop, of frames 1…t−1.
    """

    flow: Leaf
    landmarks: Leaf


def make_network(statics: Statics) -> Mol:
    """Returns the network that the static settings describe."""
    fields = {field.name: getattr(statics, field.name) for field in dataclasses.fields(statics)}
    chosen = {name: value for name, value in fields.items() if name in Mol.__dataclass_fields__}
    return Mol(**chosen | {"dtype": jnp.dtype(statics.dtype)})


def mean_face(statics: Statics, table: ClipTable, fold: FoldTable) -> Array:
    """Returns the mean landmarks [68, 2] of the fold's training rows, px of the centre crop.

    Of frames 1…t−1 of their even samples, which are the ones that are predicted (Eq 8).
    """
    chex.assert_shape(table.landmarks, (None, statics.frames, 68, 2))
    chex.assert_rank([fold.rows, fold.valid], 1)
    margin = (table.frames.shape[-1] - statics.crop) // 2
    landmarks = table.landmarks[fold.rows * table.samples, 1:].mean(axis=1) - margin
    weight = fold.valid.astype(landmarks.dtype)
    return jnp.einsum("m,mij->ij", weight, landmarks) / weight.sum()


def init_fold(
    statics: Statics,
    hparams: Hparams,
    table: ClipTable,
    fold: FoldTable,
    given: Mapping[str, Any] | None = None,
) -> FoldState:
    """Returns the state before the first update, drawn from the fold's key.

    What a replica starts from, the first that there is: its own newest state, which a checkpoint
    has and this is not called for; given weights; drawn ones, in which alone the landmark head's
    output starts where `landmark_start` says.

    paper: silent on that start. "mean_face" is the mean of the training rows, since with λ_m = 68
    a start at zero drowns the other tasks for hundreds of steps.

    Args:
        given: variables of a trained network, {"params": ..., "batch_stats": ...}, or some of its
            top-level modules; the others are drawn.
    """
    network = make_network(statics)
    frames = jnp.zeros((1, statics.frames, statics.crop, statics.crop), statics.dtype)
    variables = network.init(
        stream(fold.key, "init", 0), frames, train=False, dropout=hparams.dropout
    )
    params, batch_stats = variables["params"], variables.get("batch_stats", {})
    if "landmarks" in statics.tasks and statics.landmark_start == "mean_face":
        params = with_mean_face(params, mean_face(statics, table, fold))
    params = _taken(params, (given or {}).get("params", {}))
    batch_stats = _taken(batch_stats, (given or {}).get("batch_stats", {}))
    return FoldState(
        step=jnp.zeros((), jnp.int32),
        params=params,
        batch_stats=batch_stats,
        opt_state=optim.init(statics, hparams, params),
        finite=jnp.ones((), bool),
    )


def _taken(drawn: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the drawn modules with the given ones in their place."""
    chex.assert_trees_all_equal_shapes_and_dtypes({name: drawn[name] for name in given}, {**given})
    return {**drawn, **given}


def all_finite(tree: Any) -> Array:
    """Returns whether every number of a tree is finite, bool []."""
    return jnp.stack([jnp.isfinite(leaf).all() for leaf in jax.tree.leaves(tree)]).all()


def train_step(
    statics: Statics, hparams: Hparams, table: ClipTable, fold: FoldTable, state: FoldState
) -> tuple[FoldState, StepMetrics]:
    """Makes one update of Eq 9's loss on one batch."""
    chex.assert_shape(table.frames, (None, statics.frames, None, None))
    network = make_network(statics)
    batch = training_batch(statics, hparams, table, fold, state.step)
    counts = class_counts(table, fold, statics.num_classes)

    def objective(params):
        outputs, changed = network.apply(
            {"params": params, "batch_stats": state.batch_stats},
            batch.frames,
            train=True,
            dropout=hparams.dropout,
            rngs={"dropout": stream(fold.key, "dropout", state.step)},
            mutable=["batch_stats"],
        )
        terms = losses.joint(
            outputs, batch, hparams, class_counts=counts, auxiliary=statics.auxiliary
        )
        means = jax.tree.map(jnp.mean, terms)
        return means.total, (means, changed.get("batch_stats", {}))

    grads, (means, batch_stats) = jax.grad(objective, has_aux=True)(state.params)
    grad_norm = optax.tree.norm(grads)
    params, opt_state = optim.update(
        statics, hparams, grads, state.opt_state, state.params, step=state.step
    )
    new_state = FoldState(
        step=state.step + 1,
        params=params,
        batch_stats=batch_stats,
        opt_state=opt_state,
        finite=state.finite & all_finite((means.total, grad_norm, params, batch_stats)),
    )
    metrics = StepMetrics(
        total=means.total,
        mer=means.mer,
        flow=means.flow,
        landmarks=means.landmarks,
        auxiliary=means.auxiliary,
        grad_norm=grad_norm,
        finite=new_state.finite,
    )
    return new_state, metrics


def train_chunk(
    statics: Statics,
    hparams: Hparams,
    table: ClipTable,
    fold: FoldTable,
    state: FoldState,
    num_steps: int,
) -> tuple[FoldState, StepMetrics]:
    """Makes `num_steps` updates in one device loop; the metrics are stacked, each [num_steps]."""

    def body(state, _):
        return train_step(statics, hparams, table, fold, state)

    return lax.scan(body, state, length=num_steps)


def predict(
    statics: Statics, table: ClipTable, rows: Array, state: FoldState, face: Array
) -> measures.VideoErrors:
    """Returns one prediction per sample for `rows` [B], on the centre crop.

    A row is a clip's place in the table times `table.samples`, plus the number of its sample: 0 is
    the even one. `face` [68, 2] is the mean face that the landmark error is set beside.
    """
    chex.assert_shape(face, (68, 2))
    outputs, batch = _tested(statics, table, rows, state)
    return measures.video_errors(outputs, batch, face)


def predict_dense(statics: Statics, table: ClipTable, rows: Array, state: FoldState) -> Dense:
    """Returns the flow and landmarks that `predict` measures; its arguments but the face."""
    outputs, _ = _tested(statics, table, rows, state)
    wide = jax.tree.map(lambda leaf: leaf.astype(jnp.float32), outputs)
    return Dense(wide.flow, wide.landmarks)


def _tested(
    statics: Statics, table: ClipTable, rows: Array, state: FoldState
) -> tuple[MolOutputs, Batch]:
    """Returns what the network makes of the samples `rows` [B], and the batch of their crops."""
    chex.assert_rank(rows, 1)
    clips = clips_at(table, rows // table.samples, rows % table.samples)
    centred = jax.vmap(lambda clip: augment.centre(clip, size=statics.crop))(clips)
    batch = augment.to_batch(centred, jnp.dtype(statics.dtype))
    outputs: Any = make_network(statics).apply(
        {"params": state.params, "batch_stats": state.batch_stats},
        batch.frames,
        train=False,
        dropout=jnp.zeros(()),
    )
    return outputs, batch
