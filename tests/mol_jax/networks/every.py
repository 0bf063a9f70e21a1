"""The networks that every property of training is tested with, each a line of `NETWORKS`."""

import dataclasses
from typing import Any

import numpy as np

from mol_jax import settings
from mol_jax.data.clips import ClipTable
from mol_jax.data.recipe import RECIPES
from mol_jax.settings.find import find
from mol_jax.training.program import Program, make_program
from tests.mol_jax import tiny
from tests.mol_jax.networks import strangers
from tests.mol_jax.networks.frl_dgt import small as frl


@dataclasses.dataclass(frozen=True)
class Tiny:
    """A network that compiles in seconds.

    changes: of the tiny config. other: of each of its own fields another value; empty where
    test_config_fields.py has them.
    """

    changes: dict[str, Any]
    other: dict[str, Any] = dataclasses.field(default_factory=dict)

    def config(self, **changes):
        """Returns its config. Whatever is counted of the training rows has a part in the loss."""
        return tiny.config(**{"loss.logit_adjustment": 1.0} | self.changes | changes)

    def program(self, auto: str = "auto", **changes) -> Program:
        """Returns its program for three classes."""
        return make_program(self.config(**changes), num_classes=3, auto=auto)

    def scalars(self, **changes) -> dict[str, np.float32]:
        """Returns its scalars, {"learning_rate": ...} changed."""
        return settings.scalars(self.config()) | {n: np.float32(v) for n, v in changes.items()}

    def table(self, **changes) -> ClipTable:
        """Returns the tiny table with what the network reads, and nothing else."""
        config = self.config(**changes)
        reads, whole = (
            find(config.model.network).reads(config),
            tiny.table(frames=config.data.frames),
        )
        left = {name: None for name in ("frames", "flow", "landmarks") if name not in reads}
        rng, side = np.random.default_rng(1), settings.aligned_size(config)
        inputs = {
            name: _random(rng, RECIPES[name].blank(12, side)) for name in reads if name in RECIPES
        }
        return dataclasses.replace(whole, inputs=inputs, **left)


NETWORKS = {
    "mol": Tiny({"tasks.flow": False}),  # the flow head is most of what compiling costs
    "own": Tiny(
        {"model.network": strangers.NAME, "data.frames": 4}, {"width": 8, "lambda_spread": 50.0}
    ),
    "frl_dgt": Tiny(frl.SMALL, frl.OTHER),
    "ststnet": Tiny(
        {"model.network": "ststnet", "augment.crop_jitter": 0.0},
        {"input": "apex", "normalise": "fixed", "mean": "none", "dropout": 0.0},
    ),
    "sssnet": Tiny(
        # Its biases before batch norm have gradients of rounding, of which Adam makes whole steps.
        {"model.network": "sssnet", "optim.eps": 1e-2},
        {"input": "dynamic", "normalise": "fixed", "dropout": 0.0},
    ),
    "off_apexnet": Tiny(
        {"model.network": "off_apexnet"},
        {"input": "apex", "normalise": "absmax", "dropout": 0.0},
    ),
    "dual_inception": Tiny(
        {"model.network": "dual_inception", "augment.crop_jitter": 0.0, "model.hidden": 8},
        {"normalise": "fixed", "hidden": 5},
    ),
    "rcn_a": Tiny(
        {
            "model.network": "rcn_a",
            "augment.crop_jitter": 0.0,
            "model.channels": 4,
            "optim.eps": 1e-3,  # Adam makes whole steps of gradients that are rounding else
        },
        {"normalise": "fixed", "channels": 3, "pool": 2, "dropout": 0.0},
    ),
    "cnn_lstm": Tiny(
        {"model.network": "cnn_lstm", "data.frames": 4, "optim.eps": 1e-6},
        {"temporal": "mean", "normalise": "absmax", "dropout": 0.0},
    ),
    "region_transformer": Tiny(
        {"model.network": "region_transformer", "model.dim": 8, "model.repeats": (1, 1)},
        {"normalise": "fixed", "dim": 12, "heads": 2, "repeats": (1, 2)},
    ),
    "graph_au": Tiny(
        # With Adam's own eps a step is as long where a gradient is of nothing but rounding.
        {"model.network": "graph_au", "augment.crop_jitter": 0.0, "model.au_weight": 0.5}
        | {"optim.eps": 1e-3},
        {"layers": 2, "dropout": 0.0, "attention_dropout": 0.4, "au_weight": 2.0},
    ),
}


def spoilt(table: ClipTable, rows: Any) -> ClipTable:
    """Returns a copy of a table with other numbers in every leaf of some rows."""
    table = dataclasses.replace(table, **{k: _copied(v) for k, v in vars(table).items()})
    rng = np.random.default_rng(9)
    if table.frames is not None:
        table.frames[rows] = rng.integers(0, 256, table.frames[rows].shape, dtype=np.uint8)
    for leaf in (table.flow, table.landmarks, *table.inputs.values()):
        if leaf is not None and np.issubdtype(leaf.dtype, np.floating):
            leaf[rows] += _random(rng, leaf[rows])
        elif leaf is not None:
            leaf[rows] = _random(rng, leaf[rows])
    table.label[rows] = (table.label[rows] + 1) % 3
    return table


def _random(rng: np.random.Generator, like: np.ndarray) -> np.ndarray:
    """Returns grey levels, normal numbers or coins, in the shape and of the type of an array."""
    if np.issubdtype(like.dtype, np.floating):
        return rng.normal(size=like.shape).astype(like.dtype)
    if like.dtype == bool:
        return rng.random(like.shape) < 0.5
    return rng.integers(0, 256, like.shape, dtype=like.dtype)


def _copied(leaf: Any) -> Any:
    if isinstance(leaf, dict):
        return {name: part.copy() for name, part in leaf.items()}
    return None if leaf is None else leaf.copy()
