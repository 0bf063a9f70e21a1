"""Replicas, and a wave of them that train side by side (`mol_jax.training.engine`).

A replica is one (trial, seed, fold).
"""

import dataclasses

from mol_jax.networks.network import Scalars
from mol_jax.protocol.folds import Fold
from mol_jax.training.batches import FoldTable


@dataclasses.dataclass(frozen=True, eq=False)
class Replica:
    """One training run of a study."""

    trial: int
    seed: int
    fold: Fold

    @property
    def key(self) -> tuple[int, int, str]:
        """Returns what tells it from all others: trial, seed, the fold's name."""
        return self.trial, self.seed, self.fold.name

    @property
    def name(self) -> str:
        """Returns the name that its checkpoints are kept under."""
        return f"trial{self.trial}/seed{self.seed}/{self.fold.name}"


@dataclasses.dataclass(frozen=True)
class Wave:
    """Up to W replicas that train side by side.

    replicas: those that are not padding, in the order of their slots. scalars: each leaf [W].
    rows: what each may train on, each leaf [W, ...].
    """

    replicas: tuple[Replica, ...]
    scalars: Scalars
    rows: FoldTable
