"""A model that has no weights, and keeps what it was shown."""

import dataclasses

import numpy as np
from ml_collections import ConfigDict

from mol_jax.predicting.models.outputs import Averaged
from mol_jax.predicting.result import About
from tests.mol_jax import tiny
from tests.mol_jax.predicting.about import ABOUT


@dataclasses.dataclass
class StandInModel:
    """Says that brighter frames are likelier of class 0; puts landmarks where the table has them.

    needs: what is made of a recording for it. shown: the tables that it was given. dense: whether
    it says flow and landmarks.
    """

    config: ConfigDict = dataclasses.field(default_factory=tiny.config)
    about: About = ABOUT
    needs: tuple[str, ...] = ("frames", "landmarks")
    dense: bool = True
    shown: list = dataclasses.field(default_factory=list)

    def predict(self, table):
        self.shown.append(table)
        rows, crop = len(table.label), self.config.data.crop
        level = np.full(rows, 0.5) if table.frames is None else table.frames.mean((1, 2, 3)) / 255
        chances = np.stack([level, (1 - level) / 2, (1 - level) / 2], axis=1).astype(np.float32)
        if not self.dense:
            return Averaged(chances, chances / 10)
        corner = (table.frames.shape[-1] - crop) // 2
        flow = np.ones((rows, table.frames.shape[1] - 1, crop, crop, 2), np.float32)
        return Averaged(chances, chances / 10, table.landmarks[:, 1:] - np.float32(corner), flow)
