"""Networks of flow images learn where a class moves, and of labels that mean nothing none."""

import dataclasses

import numpy as np
import pytest

from mol_jax.protocol.folds import Fold
from mol_jax.training.engine import Engine
from mol_jax.training.replicas import Replica
from tests.mol_jax.networks.every import NETWORKS

STEPS = {"ststnet": 100, "sssnet": 50, "off_apexnet": 50, "dual_inception": 150, "rcn_a": 50}
CENTRES = np.array([[-0.5, 0.5], [0.0, -0.5], [0.5, 0.5]])  # y and x of what moves, of each class
FOLD = Fold("half", train=np.arange(6), test=np.arange(6, 12))


def moving(network, label):
    """Returns the network's table with noise of 0.3 px, and 1 to 3 px where the label says."""
    table, rng = network.table(), np.random.default_rng(3)
    ((recipe, image),) = table.inputs.items()
    at = np.linspace(-1, 1, image.shape[1])
    y, x = (CENTRES[label, axis, None] - at for axis in (0, 1))
    spot = np.exp(-(y[:, :, None] ** 2 + x[:, None] ** 2) / 0.1)[..., None]
    flow = rng.uniform(1, 3, (12, 1, 1, 1)) * spot + rng.normal(0, 0.3, image.shape)
    return dataclasses.replace(table, inputs={recipe: flow.astype(np.float32)})


def right(network, table, steps):
    """Returns how many of six held-out clips are told right after training on six others."""
    engine = Engine(network.program, table, devices=1, batch_size=4)
    wave = engine.wave([Replica(0, 0, FOLD)], [network.scalars(learning_rate=1e-3)])
    state, _ = engine.advance(wave, engine.init(wave), steps)
    (found,) = engine.predict(wave, state, [FOLD.test])
    return (found.probabilities.argmax(axis=1) == table.label[FOLD.test]).sum()


@pytest.mark.slow
@pytest.mark.parametrize("name", STEPS)
def test_what_moves_is_learned_and_what_means_nothing_is_not(name):
    network, label = NETWORKS[name], np.arange(12) % 3
    table = moving(network, label)
    assert right(network, table, STEPS[name]) >= 5
    shuffled = np.random.default_rng(4).permutation(label).astype(np.int32)
    assert right(network, dataclasses.replace(table, label=shuffled), STEPS[name]) <= 3
