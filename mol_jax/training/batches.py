"""Which clips of a table make a batch, and which of a clip's samples is shown.

Randomness is addressed, not threaded: every draw comes from `stream(fold.key, name, step)`, and a
clip draws its place in a batch, its phase and its crop by its id. So neither the order of folds,
nor padding, nor a resume changes a draw. N is the number of clips in the table, M the padded number
of training rows, B the batch, n the classes.
"""

import dataclasses
import zlib

import chex
import flax.struct
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from mol_jax.data.clips import Batch, ClipTable, Leaf
from mol_jax.networks import split_batch
from mol_jax.networks.network import Scalars
from mol_jax.training import augment
from mol_jax.training.draws import stream
from mol_jax.training.program import Program


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


def fold_table(rows: np.ndarray, *, size: int, seed: int, name: str) -> FoldTable:
    """Returns the table of a fold that trains on `rows`, padded to `size` rows."""
    padded = np.full(size, rows[0], np.int32)
    padded[: len(rows)] = rows
    key = jax.random.fold_in(jax.random.key(seed), zlib.crc32(name.encode()))
    return FoldTable(rows=padded, valid=np.arange(size) < len(rows), key=key)


def class_counts(table: ClipTable, fold: FoldTable, num_classes: int) -> Array:
    """Returns float32 [n], how many training rows each class has."""
    chex.assert_rank([table.label, fold.rows], 1)
    chex.assert_equal_shape([fold.rows, fold.valid])
    one_hot = jax.nn.one_hot(table.label[fold.rows], num_classes, dtype=jnp.float32)
    return jnp.sum(one_hot, axis=0, where=fold.valid[:, None])


def draw_rows(
    key: Array, clip_id: Array, fold: FoldTable, batch_size: int, weight: Array | None = None
) -> Array:
    """Returns int32 [B], rows of a batch: distinct, or with replacement where a fold has fewer.

    Every clip draws a number by its id and the largest are taken, so that a clip's chance does not
    depend on its place in the table. `clip_id` is uint32 [N]. With `weight` [M], rows are drawn
    with replacement, each with a chance in proportion to its weight (Efraimidis and Spirakis 2006:
    the largest of u^(1/w)).
    """
    ids = clip_id[fold.rows]

    def numbers(key):
        drawn = jax.vmap(lambda i: jax.random.uniform(jax.random.fold_in(key, i)))(ids)
        if weight is None:
            return jnp.where(fold.valid, drawn, -1.0)
        smallest = jnp.finfo(drawn.dtype).tiny
        return jnp.where(fold.valid, jnp.log(jnp.maximum(drawn, smallest)) / weight, -jnp.inf)

    def repeated():
        slot_keys = jax.vmap(lambda slot: jax.random.fold_in(key, slot))(jnp.arange(batch_size))
        return jax.vmap(lambda key: jnp.argmax(numbers(key)).astype(jnp.int32))(slot_keys)

    def distinct():
        return lax.top_k(numbers(key), batch_size)[1]

    if weight is not None or batch_size > fold.rows.shape[0]:
        return fold.rows[repeated()]
    # Alone, a replica makes the one draw that it needs; in a group both are made.
    return fold.rows[lax.cond(fold.valid.sum() >= batch_size, distinct, repeated)]


def balanced(table: ClipTable, fold: FoldTable, num_classes: int) -> Array:
    """Returns weights float32 [M] that give every class present among the rows the same chance."""
    counts = class_counts(table, fold, num_classes)
    return 1 / jnp.maximum(counts, 1)[table.label[fold.rows]]


def clips_at(table: ClipTable, rows: Array, sample: Array | int = 0) -> ClipTable:
    """Returns the clips of `rows` [B], each by one of its samples: 0 is the even one.

    sample: int [B] or one for all, below `table.samples`.
    """
    chex.assert_rank(rows, 1)
    at = rows * table.samples + sample
    of_samples = (table.frames, table.flow, table.landmarks)
    frames, flow, landmarks = jax.tree.map(lambda leaf: leaf[at], of_samples)
    rest = dataclasses.replace(table, frames=None, flow=None, landmarks=None)
    clips = jax.tree.map(lambda leaf: leaf[rows], rest)
    return dataclasses.replace(clips, frames=frames, flow=flow, landmarks=landmarks)


def draw_samples(key: Array, clip_id: Array, phases: Array) -> Array:
    """Returns int32 [B], for each slot of a batch one of its clip's phases, 1 … `phases` [B].

    0, the even sample, for a clip without phases. A clip drawn twice gets two draws.
    """
    chex.assert_rank(clip_id, 1)
    chex.assert_equal_shape([clip_id, phases])

    def one(slot, clip):
        return jax.random.uniform(jax.random.fold_in(jax.random.fold_in(key, clip), slot))

    drawn = jax.vmap(one)(jnp.arange(len(clip_id)), clip_id)
    shifted = 1 + jnp.floor(drawn * phases.astype(drawn.dtype)).astype(jnp.int32)
    return jnp.minimum(shifted, phases)


def training_batch(
    program: Program, scalars: Scalars, table: ClipTable, fold: FoldTable, step: Array
) -> Batch:
    """Returns the augmented batch of an update: gathered by row, then cropped and mirrored."""
    weight = balanced(table, fold, program.num_classes) if program.balanced else None
    key = stream(fold.key, "batch", step)
    rows = draw_rows(key, table.clip_id, fold, program.batch_size, weight)
    sample: Array | int = 0
    if program.random_phase:
        key = stream(fold.key, "phase", step)
        sample = draw_samples(key, table.clip_id[rows], table.phases[rows])
    return augmented(program, scalars, clips_at(table, rows, sample), fold.key, step)


def augmented(
    program: Program, scalars: Scalars, clips: ClipTable, key: Array, step: Array
) -> Batch:
    """Returns the clips of a batch cropped and mirrored at random, each by its id and its place.

    key: of the fold. Where a batch is split over devices, clips are this device's.
    """
    drawn = stream(key, "augment", step)

    def one(slot, clip):
        # A clip drawn twice into one batch gets two different crops.
        clip_key = jax.random.fold_in(jax.random.fold_in(drawn, clip.clip_id), slot)
        return augment.draw(
            clip_key,
            clip,
            side=program.side,
            size=program.crop,
            jitter=scalars["crop_jitter"],
            flip=scalars["flip_probability"],
        )

    slots = split_batch.slots(len(clips.label))
    return augment.to_batch(jax.vmap(one)(slots, clips), jnp.dtype(program.network.dtype))
