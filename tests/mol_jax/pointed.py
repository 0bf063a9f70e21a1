"""Whole runs of the tiny model that look at points of evaluation, and what they leave."""

import jax
import numpy as np
import orbax.checkpoint as ocp

from tests.mol_jax import runs, tiny

QUICK = {"tasks.flow": False, "tasks.landmarks": False, "optim.learning_rate": 1e-2}
INNER = {"selection.name": "inner", "selection.every": 5, "selection.validation": 1}
ORACLE = {"selection.leaky_oracle": True, "selection.every": 5}
TABLES = ("predictions.csv", "history.csv", "by_step.csv")


def train(folder, **changes):
    return runs.train(folder, **QUICK | changes)


def dataset():
    """Returns four subjects with four random clips each."""
    return tiny.dataset(16)


def chosen(metrics):
    """Returns the chosen steps by seed and fold."""
    return {(one["seed"], one["fold"]): one["step"] for one in metrics["chosen_steps"]}


def finals(folder):
    """Returns the weights that a run kept, by fold."""
    paths = sorted(folder.glob("checkpoints/*/*/*/final"))
    return {path.parent.name: ocp.StandardCheckpointer().restore(path.absolute()) for path in paths}


def assert_same(folder, expected, tables=TABLES):
    """Of two runs the tables and the kept weights are the same, bit for bit."""
    for name in tables:
        assert (folder / name).read_bytes() == (expected / name).read_bytes(), name
    assert finals(expected)
    jax.tree.map(np.testing.assert_array_equal, finals(folder), finals(expected))
