"""The pure heart: how one fold is initialised, trained and predicted.

Nothing here sees a config, a path, a device or a held-out clip: a training function gets the clip
table and a `FoldTable` that lists the rows it may read. N is the number of clips in the table, M
the padded number of training rows, B the batch, t the frames of a clip, n the classes.

Randomness is addressed, not threaded: every draw comes from `stream(fold.key, name, step)`, and a
clip draws its place in a batch and its crop by its id. So neither the order of folds, nor padding,
nor a resume changes a draw.
"""

import dataclasses
import zlib
from typing import Any

import flax.struct
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array, lax

from mol_jax import accuracy, augment, losses, optim
from mol_jax.data import Batch, ClipTable, Leaf
from mol_jax.models.landmark_head import with_mean_face
from mol_jax.models.mol import Mol
from mol_jax.settings import Hparams, Statics


@flax.struct.dataclass
class FoldTable:
    """What a fold may train on.

    rows: int32 [M], rows of the clip table; padding repeats a training row.
    valid: bool [M], False for padding.
    key: a PRNG key, made from the seed and the fold's name.
    """

    rows: Leaf
    valid: Leaf
    key: Leaf


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
    grad_norm: Array
    finite: Array


def fold_table(rows: np.ndarray, *, size: int, seed: int, name: str) -> FoldTable:
    """Returns the table of a fold that trains on `rows`, padded to `size` rows."""
    padded = np.full(size, rows[0], np.int32)
    padded[: len(rows)] = rows
    key = jax.random.fold_in(jax.random.key(seed), zlib.crc32(name.encode()))
    return FoldTable(rows=padded, valid=np.arange(size) < len(rows), key=key)


def stream(key: Array, name: str, step: Array | int) -> Array:
    """Returns the key of a named stream of draws at a step; a new stream shifts no other."""
    return jax.random.fold_in(jax.random.fold_in(key, zlib.crc32(name.encode())), step)


def make_network(statics: Statics) -> Mol:
    """Returns the network that the static settings describe."""
    fields = {field.name: getattr(statics, field.name) for field in dataclasses.fields(statics)}
    chosen = {name: value for name, value in fields.items() if name in Mol.__dataclass_fields__}
    return Mol(**chosen | {"dtype": jnp.dtype(statics.dtype)})


def mean_face(statics: Statics, table: ClipTable, fold: FoldTable) -> Array:
    """Returns the mean landmarks [68, 2] of the fold's training rows, px of the centre crop."""
    margin = (table.frames.shape[-1] - statics.crop) // 2
    landmarks = table.landmarks[fold.rows, :-1].mean(axis=1) - margin
    weight = fold.valid.astype(landmarks.dtype)
    return jnp.einsum("m,mij->ij", weight, landmarks) / weight.sum()


def init_fold(statics: Statics, hparams: Hparams, table: ClipTable, fold: FoldTable) -> FoldState:
    """Returns the state before the first update, drawn from the fold's key.

    paper: silent on the landmark head's start. Its output starts at the mean face of the training
    rows, since with λ_m = 68 a start at zero drowns the other tasks for hundreds of steps.
    """
    network = make_network(statics)
    frames = jnp.zeros((1, statics.frames, statics.crop, statics.crop), statics.dtype)
    variables = network.init(
        stream(fold.key, "init", 0), frames, train=False, dropout=hparams.dropout
    )
    params = variables["params"]
    if "landmarks" in statics.tasks:
        params = with_mean_face(params, mean_face(statics, table, fold))
    return FoldState(
        step=jnp.zeros((), jnp.int32),
        params=params,
        batch_stats=variables.get("batch_stats", {}),
        opt_state=optim.init(statics, hparams, params),
        finite=jnp.ones((), bool),
    )


def draw_rows(key: Array, clip_id: Array, fold: FoldTable, batch_size: int) -> Array:
    """Returns int32 [B], rows of a batch: distinct, or with replacement where a fold has fewer.

    Every clip draws a number by its id and the largest are taken, so that a clip's chance does not
    depend on its place in the table. `clip_id` is uint32 [N].
    """
    ids = clip_id[fold.rows]

    def numbers(key):
        drawn = jax.vmap(lambda i: jax.random.uniform(jax.random.fold_in(key, i)))(ids)
        return jnp.where(fold.valid, drawn, -1.0)

    slot_keys = jax.vmap(lambda slot: jax.random.fold_in(key, slot))(jnp.arange(batch_size))
    repeated = jax.vmap(lambda key: jnp.argmax(numbers(key)).astype(jnp.int32))(slot_keys)
    if batch_size > fold.rows.shape[0]:
        return fold.rows[repeated]
    distinct = lax.top_k(numbers(key), batch_size)[1]
    enough = fold.valid.sum() >= batch_size
    return fold.rows[jnp.where(enough, distinct, repeated)]


def training_batch(
    statics: Statics, hparams: Hparams, table: ClipTable, fold: FoldTable, step: Array
) -> Batch:
    """Returns the augmented batch of an update: gathered by row, then cropped and mirrored."""
    rows = draw_rows(stream(fold.key, "batch", step), table.clip_id, fold, statics.batch_size)
    clips = jax.tree.map(lambda leaf: leaf[rows], table)
    key = stream(fold.key, "augment", step)

    def augmented(slot, clip):
        # A clip drawn twice into one batch gets two different crops.
        clip_key = jax.random.fold_in(jax.random.fold_in(key, clip.clip_id), slot)
        return augment.draw(
            clip_key,
            clip,
            size=statics.crop,
            jitter=hparams.crop_jitter,
            flip=hparams.flip_probability,
        )

    slots = jnp.arange(statics.batch_size)
    return augment.to_batch(jax.vmap(augmented)(slots, clips), jnp.dtype(statics.dtype))


def all_finite(tree: Any) -> Array:
    """Returns whether every number of a tree is finite, bool []."""
    return jnp.stack([jnp.isfinite(leaf).all() for leaf in jax.tree.leaves(tree)]).all()


def train_step(
    statics: Statics, hparams: Hparams, table: ClipTable, fold: FoldTable, state: FoldState
) -> tuple[FoldState, StepMetrics]:
    """Makes one update of Eq 9's loss on one batch."""
    network = make_network(statics)
    batch = training_batch(statics, hparams, table, fold, state.step)

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
            outputs,
            batch,
            lambda_flow=hparams.lambda_flow,
            lambda_landmark=hparams.lambda_landmark,
            label_smoothing=hparams.label_smoothing,
        )
        means = jax.tree.map(jnp.mean, terms)
        return means.total, (means, changed.get("batch_stats", {}))

    grads, (means, batch_stats) = jax.grad(objective, has_aux=True)(state.params)
    grad_norm = optax.tree.norm(grads)
    params, opt_state = optim.update(statics, hparams, grads, state.opt_state, state.params)
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
) -> accuracy.VideoErrors:
    """Returns one prediction per video for `rows` [B] of the table, on the centre crop.

    `face` [68, 2] is the mean face that the landmark error is set beside.
    """
    clips = jax.tree.map(lambda leaf: leaf[rows], table)
    centred = jax.vmap(lambda clip: augment.centre(clip, size=statics.crop))(clips)
    batch = augment.to_batch(centred, jnp.dtype(statics.dtype))
    outputs: Any = make_network(statics).apply(
        {"params": state.params, "batch_stats": state.batch_stats},
        batch.frames,
        train=False,
        dropout=jnp.zeros(()),
    )
    return accuracy.video_errors(outputs, batch, face)
