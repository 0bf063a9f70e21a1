"""The contract of a network: all that the trainer knows of one.

A network is a frozen dataclass, hashable and equal by value, for it is a static argument of every
compiled program. Everything here is traced with the step: no printing, no files, and no look at a
clip but those of the batch. What a network may know of a whole fold is `Facts`, which are of its
training rows and no others.

B is the batch, n the classes, M the padded number of a fold's training rows.
"""

import abc
import dataclasses
from collections.abc import Mapping
from typing import Any

import chex
import flax.struct
import jax
import numpy as np
from flax import linen as nn
from jax import Array

from mol_jax.data.clips import Batch, Leaf
from mol_jax.scoring.measure import Measure

Scalars = Mapping[str, Leaf]  # traced hyperparameters by short name, each float32 []
Params = dict[str, Any]


@flax.struct.dataclass
class Facts:
    """What is known of a fold's training rows (in inner validation: the inner ones).

    Computed once, before the first update, and kept in the fold's state.

    class_counts: float32 [n], training rows of each class. mean_face: float32 [68, 2], px of the
    centre crop, of frames 1…t−1 of their even samples; None where landmarks are not read. own: what
    the network's own `facts` returned.
    """

    class_counts: Leaf
    mean_face: Leaf = None
    own: Any = None


@flax.struct.dataclass
class Predicted:
    """What a network predicts of B samples, or of B videos (`over_samples`).

    probabilities: float32 [B, n]; None where it does not classify. measures: by the names of
    `Network.measures`, each [B], whole numbers where it counts. samples: int32 [B], over how many
    samples of a video the others are means, and counts sums; None where each was shown once.
    votes: int32 [B, n], for how many samples each class was the likeliest; None as `samples`.
    """

    probabilities: Leaf
    measures: dict[str, Leaf] = dataclasses.field(default_factory=dict)
    samples: Leaf = None
    votes: Leaf = None


@flax.struct.dataclass
class Dense:
    """What is predicted of B samples beside their class; None where there is no such thing.

    flow: float32 [B, t-1, H, W, 2], (u, v) px of the crop. landmarks: float32 [B, t-1, 68, 2],
    (x, y) px of the crop, of frames 1…t−1.

    Or, of a network that has measures of the tasks `measure.SEEN`, what it made of the whole
    aligned image of S px. displacement: float32 [B, S, S, 2], (x, y) px from onset to apex. boxes:
    float32 [B, K, 4], (x0, y0, x1, y1) px of K regions. weights: float32 [B, K], of the regions.
    local_weights: float32 [B, K, m], of m patches in each, row by row.
    """

    flow: Leaf = None
    landmarks: Leaf = None
    displacement: Leaf = None
    boxes: Leaf = None
    weights: Leaf = None
    local_weights: Leaf = None


@dataclasses.dataclass(frozen=True)
class Network(abc.ABC):
    """A network as the trainer sees it. Subclasses are frozen dataclasses too.

    module: what is trained, called as module(inputs, train=…, **arguments). Draws of its own come
    from the stream "dropout". Variables that are no parameters may be in any collection.
    """

    module: nn.Module

    @property
    def arguments(self) -> tuple[str, ...]:
        """The scalars that the module itself takes, as ("dropout",); they are 0 when predicting."""
        return ()

    @property
    def measures(self) -> tuple[Measure, ...]:
        """What a video is measured by beside its class, in the order of dense.csv's columns."""
        return ()

    @property
    def dtype(self) -> str:
        """What is computed in, and what `Batch.frames` are cast to: "float32" or "bfloat16"."""
        return "float32"

    @abc.abstractmethod
    def inputs(self, batch: Batch, facts: Facts) -> Any:
        """Returns what the module reads of a batch, the same in training and in prediction.

        In here its label is None, and its inputs have none of the action units that were coded.
        """

    @abc.abstractmethod
    def losses(
        self, outputs: Any, batch: Batch, scalars: Scalars, facts: Facts
    ) -> dict[str, Array]:
        """Returns the terms of the loss by name, each [B] and weighted.

        The mean of their sum is minimised; history.csv has a column for each.
        """

    @abc.abstractmethod
    def predict(self, outputs: Any, batch: Batch, facts: Facts) -> Predicted:
        """Returns what is predicted of a batch, and how far off it is; label is None here."""

    def dense(self, outputs: Any) -> Dense:
        """Returns what there is of `Dense` among the outputs, which `predict.keep` asks for."""
        del outputs
        return Dense()

    def embedding(self, outputs: Any) -> Array | None:
        """Returns what the logits are made of, [B, d], on which losses of config.loss may pull.

        By default the outputs' `embedding`; None where they have none.
        """
        return getattr(outputs, "embedding", None)

    def facts(self, batch: Batch, valid: Array) -> Any:
        """Returns what the network has to know of a fold's training rows, as a mean image.

        Args:
            batch: all M of them, the centre crop of their even samples.
            valid: bool [M], False for padding, which must change nothing.
        """
        del batch, valid
        return None

    def rates(self, params: Params, rate: Array, scalars: Scalars) -> Any:
        """Returns the learning rate [] of each parameter, as a tree of their shape.

        rate: that of config.optim at this update. None, the default, is `rate` for all.
        """
        del params, rate, scalars
        return None

    def start(self, params: Params, facts: Facts) -> Params:
        """Returns the parameters that training starts from, where they are not those drawn."""
        del facts
        return params


def over_samples(each: Predicted, counts: np.ndarray) -> Predicted:
    """Returns one row per video from one per sample, on the host.

    `each` holds the samples of the first video, then those of the second; `counts` [B] says how
    many each has. Whole numbers are summed, all others averaged.
    """
    chex.assert_rank(counts, 1)
    starts = np.cumsum(counts) - counts

    def joined(leaf: np.ndarray) -> np.ndarray:
        total = np.add.reduceat(leaf, starts, axis=0)
        if np.issubdtype(leaf.dtype, np.integer):
            return total
        return (total / counts.reshape(-1, *[1] * (leaf.ndim - 1))).astype(leaf.dtype)

    votes = None
    if each.probabilities is not None:
        likeliest = np.eye(each.probabilities.shape[1], dtype=np.int32)
        votes = np.add.reduceat(likeliest[each.probabilities.argmax(axis=1)], starts, axis=0)
    samples = np.asarray(counts, np.int32)
    return dataclasses.replace(jax.tree.map(joined, each), samples=samples, votes=votes)
