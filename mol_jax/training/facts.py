"""What a fold knows of its training rows before its first update, and clips shown without a draw.

M is the padded number of training rows.
"""

import chex
import jax
import jax.numpy as jnp
from jax import Array

from mol_jax.data.clips import Batch, ClipTable
from mol_jax.networks.layers import EXACT
from mol_jax.networks.network import Facts
from mol_jax.training import augment
from mol_jax.training.batches import FoldTable, class_counts, clips_at
from mol_jax.training.program import Program


def fold_facts(program: Program, table: ClipTable, fold: FoldTable) -> Facts:
    """Returns what is known of a fold's training rows, and of no others.

    This is the only look at many rows that a network gets. All are shown by their even samples.
    """
    chex.assert_rank([fold.rows, fold.valid], 1)
    own = program.network.facts(centred(program, table, fold.rows * table.samples), fold.valid)
    return Facts(
        class_counts=class_counts(table, fold, program.num_classes),
        mean_face=None if table.landmarks is None else _mean_face(program, table, fold),
        own=own,
    )


def _mean_face(program: Program, table: ClipTable, fold: FoldTable) -> Array:
    """Returns the mean landmarks [68, 2] of the training rows, px of the centre crop.

    Of frames 1…t−1 of their even samples, which are the ones that are predicted (Eq 8).
    """
    chex.assert_shape(table.landmarks, (None, program.frames, 68, 2))
    margin = (program.side - program.crop) // 2
    landmarks = table.landmarks[fold.rows * table.samples, 1:].mean(axis=1) - margin
    weight = fold.valid.astype(landmarks.dtype)
    return jnp.einsum("m,mij->ij", weight, landmarks, precision=EXACT) / weight.sum()


def centred(program: Program, table: ClipTable, rows: Array) -> Batch:
    """Returns the centre crops of the samples `rows` [B]."""
    chex.assert_rank(rows, 1)
    return cropped(program, clips_at(table, rows // table.samples, rows % table.samples))


def cropped(program: Program, clips: ClipTable) -> Batch:
    """Returns the centre crops of B clips of one sample each."""
    cut = jax.vmap(lambda clip: augment.centre(clip, side=program.side, size=program.crop))
    return augment.to_batch(cut(clips), jnp.dtype(program.network.dtype))
