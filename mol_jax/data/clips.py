"""A table of clips, a batch of it and what its rows are called: fixed shapes, one row per video."""

import dataclasses
from typing import Any

import flax.struct
import numpy as np

from mol_jax.data.apex_source import Apex
from mol_jax.data.svm_features import Pair

Leaf = Any  # a NumPy array on the host, a jax.Array on the device


@flax.struct.dataclass
class ClipTable:
    """N clips of t frames, aligned to S×S px; one clip where a caller maps over the rows.

    What the network does not read is not there: frames, flow and landmarks are None.

    Each clip has P samples of t frames: the even one, and after it P-1 shifted ones where phases
    were built. Sample p of row r is frames[r P + p], and so for flow and landmarks.

    frames: uint8 [N P, t, S, S], grey.
    flow: float16 [N P, t-1, S, S, 2], (u, v) px from each frame to the next.
    landmarks: float32 [N P, t, 68, 2], (x, y) px.
    label: int32 [N], index into the view's classes.
    clip_id: uint32 [N], crc32 of "dataset/subject/clip", by which a clip draws its randomness.
    phases: int32 [N], how many of a clip's P-1 shifted samples are distinct; None where P is 1.
    pixels: float32 [N, 2], (scale, shift) of a clip's grey levels; None for x/127.5 - 1.
    inputs: what recipes made of each clip at load, by their names, [N, ...] of their own types.
    """

    frames: Leaf
    flow: Leaf
    landmarks: Leaf
    label: Leaf
    clip_id: Leaf
    phases: Leaf = None
    pixels: Leaf = None
    inputs: dict[str, Leaf] = dataclasses.field(default_factory=dict)

    @property
    def samples(self) -> int:
        """Returns P; 1 where nothing that has samples is read."""
        shown = (leaf for leaf in (self.frames, self.flow, self.landmarks) if leaf is not None)
        first = next(shown, self.label)
        return first.shape[0] // self.label.shape[0]


@flax.struct.dataclass
class Batch:
    """What the network and its losses get: B clips cropped to H×W px.

    frames: [B, t, H, W] in [-1, 1], unless the table has `pixels`. flow: [B, t-1, H, W, 2] px.
    landmarks: [B, t, 68, 2] px of the crop. label: int32 [B]. inputs: [B, ...] by the names of
    their recipes, of the whole aligned image; whole numbers as in the table, the rest float32.
    None, or not there, what the network does not read.
    """

    frames: Leaf
    flow: Leaf
    landmarks: Leaf
    label: Leaf
    inputs: dict[str, Leaf] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class ClipName:
    """Who and what a row of the table is. `person` is one key for one human over all datasets.

    generated: whether the clip was drawn by a program, under whatever name.
    """

    dataset: str
    subject: str
    person: str
    clip: str
    generated: bool = False


@dataclasses.dataclass(frozen=True)
class Dataset:
    """A table on the host, its rows' names, the classes and what to record about where it is from.

    fingerprint: the "dataset" part of config.json. frame_numbers: float64 [N, t], which frames of
    its video the even sample of each row is made of; whole numbers unless they are interpolated.
    pairs: onset and annotated apex of each row, of which the SVM beside the network makes its
    features (`mol_jax.data.svm_features`). apexes: what the inputs of each row take for its apex.
    """

    table: ClipTable
    names: tuple[ClipName, ...]
    classes: tuple[str, ...]
    fingerprint: dict[str, Any]
    frame_numbers: np.ndarray
    pairs: tuple[Pair, ...]
    apexes: tuple[Apex, ...]

    @property
    def shown(self) -> np.ndarray:
        """Returns the even sample of each row, or onset and apex where no frames are read."""
        if self.table.frames is None:
            return np.stack([pair.frames for pair in self.pairs])
        return self.table.frames[:: self.table.samples]
