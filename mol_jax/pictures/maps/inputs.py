"""Which inputs of a network are pictures, where in them the face is, and how one looks greyed."""

import dataclasses
from collections.abc import Mapping, Sequence

import jax.numpy as jnp
import numpy as np
from jax import Array
from ml_collections import ConfigDict

from mol_jax.data.clips import Batch
from mol_jax.data.inputs import names
from mol_jax.data.seen import leaves
from mol_jax.settings.find import find
from mol_jax.settings.kind import SEQUENCES, SIDES

MOSAIC = "region_mosaic"
REGIONS = ("left eye", "right eye", "mouth, left", "mouth, right")  # as they lie in it
_SHRUNK = ("flow_image", "apex_image", "dynamic_image")
ROWS = {  # the axis of an input [B, ...] that is its rows; its columns are the next
    "frames": 2,
    "key_frames": 2,
    "tim_frames": 2,
    **dict.fromkeys(SEQUENCES.values(), 2),
    **{f"{kind}_{side}": 1 for kind in _SHRUNK for side in SIDES},
    "dynamic_image": 1,
    "flow_onset_apex": 1,
    MOSAIC: 1,
}
GREY = {"key_frames": 127.5, "tim_frames": 127.5}  # of others 0: middle grey, or no motion


def pictured(config: ConfigDict) -> tuple[str, ...]:
    """Returns the inputs of a checked config's network that are pictures, of `ROWS`."""
    shown = tuple(name for name in leaves(config) if name == "frames")
    reads = find(config.model.network).reads(config)
    return shown + tuple(name for name in names(reads) if name in ROWS)


def taken(batch: Batch, of: Sequence[str]) -> dict[str, Array]:
    """Returns these inputs of a batch, whole numbers as float32."""
    leaves = {name: batch.frames if name == "frames" else batch.inputs[name] for name in of}
    return {
        name: leaf if jnp.issubdtype(leaf.dtype, jnp.floating) else leaf.astype(jnp.float32)
        for name, leaf in leaves.items()
    }


def replaced(batch: Batch, leaves: Mapping[str, Array]) -> Batch:
    """Returns the batch with these inputs in the place of its own."""
    others = {name: leaf for name, leaf in leaves.items() if name != "frames"}
    frames = leaves.get("frames", batch.frames)
    return dataclasses.replace(batch, frames=frames, inputs={**batch.inputs, **others})


def on_picture(name: str, leaf: np.ndarray) -> np.ndarray:
    """Returns the mean of an input's leaf [B, ...] over all but its rows and columns, [B, h, w]."""
    rows = ROWS[name]
    others = tuple(axis for axis in range(1, leaf.ndim) if axis not in (rows, rows + 1))
    return leaf.mean(axis=others)


def greyed(leaves: Mapping[str, Array], cell: Array, grid: int) -> dict[str, Array]:
    """Returns inputs with one of grid × grid cells grey, in every frame and channel.

    cell: int [], counted row by row. Of a side of h px, cell i is from ⌊i·h/grid⌋ to before
    ⌊(i + 1)·h/grid⌋.
    """
    row, column = cell // grid, cell % grid

    def inside(place: Array, side: int) -> Array:
        at = jnp.arange(side)
        return (at >= place * side // grid) & (at < (place + 1) * side // grid)

    made = {}
    for name, leaf in leaves.items():
        rows = ROWS[name]
        height, width = leaf.shape[rows : rows + 2]
        mask = inside(row, height)[:, None] & inside(column, width)[None, :]
        mask = mask.reshape(*[1] * rows, height, width, *[1] * (leaf.ndim - rows - 2))
        grey = jnp.asarray(GREY.get(name, 0.0), leaf.dtype)
        made[name] = jnp.where(mask, grey, leaf)
    return made
