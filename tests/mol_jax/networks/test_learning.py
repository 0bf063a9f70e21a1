"""Networks learn where a class moves, or in which order, and of labels that mean nothing none."""

import dataclasses
import functools

import numpy as np
import pytest

from mol_jax.data.node_patches import BROW
from mol_jax.protocol.folds import Fold
from mol_jax.training.engine import Engine
from mol_jax.training.replicas import Replica
from tests.mol_jax.networks.every import NETWORKS

STEPS = {"ststnet": 100, "sssnet": 50, "off_apexnet": 50, "dual_inception": 150, "rcn_a": 50}
STEPS |= {"region_transformer": 150, "graph_au": 50, "cnn_lstm": 50}
RATES = {"region_transformer": 3e-3}  # else 1e-3
CENTRES = np.array([[-0.5, 0.5], [0.0, -0.5], [0.5, 0.5]])  # y and x of what moves, of each class
FOLD = Fold("half", train=np.arange(6), test=np.arange(6, 12))


def spots(label, side):
    """Returns what moves on an image, [12,side,side], 0 to 1."""
    at = np.linspace(-1, 1, side)
    y, x = (CENTRES[label, axis, None] - at for axis in (0, 1))
    return np.exp(-(y[:, :, None] ** 2 + x[:, None] ** 2) / 0.1)


def of_image(label, shape):
    """Returns what moves, by the label, on flow images or mosaics [12,H,W,3]."""
    return spots(label, shape[1])[..., None]


def of_patches(label, shape):
    """Returns what moves on patches [12,30,7,7,3]: the brows, or either half of the mouth."""
    nodes = np.split(np.arange(shape[1]), [BROW, (BROW + shape[1]) // 2])
    moves = np.array([np.isin(np.arange(shape[1]), part) for part in nodes])
    return moves[label][:, :, None, None, None]


def of_sequence(label, shape):
    """Returns what moves on the three pairs [12,3,28,28,3]: all spots, the label's the first."""
    pairs = [spots((label + pair) % 3, shape[2]) for pair in range(shape[1])]
    return np.stack(pairs, axis=1)[..., None]


PLACES = {"node_patches": of_patches, "flow_sequence_4": of_sequence}


def moving(network, label):
    """Returns the network's table with noise of 0.3 px, and 1 to 3 px where the label says."""
    table, rng = network.table(), np.random.default_rng(3)
    ((recipe, image),) = ((name, x) for name, x in table.inputs.items() if x.ndim > 2)
    where = PLACES.get(recipe, of_image)(label, image.shape)
    far = rng.uniform(1, 3, (12,) + (1,) * (image.ndim - 1))
    flow = (far * where + rng.normal(0, 0.3, image.shape)).astype(np.float32)
    return dataclasses.replace(table, inputs={**table.inputs, recipe: flow})


def right(name, table, **changes):
    """Returns how many of six held-out clips are told right after training on six others."""
    network = NETWORKS[name]
    program = functools.partial(network.program, **changes)
    engine = Engine(program, table, devices=1, batch_size=4)
    scalars = network.scalars(learning_rate=RATES.get(name, 1e-3))
    wave = engine.wave([Replica(0, 0, FOLD)], [scalars])
    state, _ = engine.advance(wave, engine.init(wave), STEPS[name])
    (found,) = engine.predict(wave, state, [FOLD.test])
    return (found.probabilities.argmax(axis=1) == table.label[FOLD.test]).sum()


@pytest.mark.slow
@pytest.mark.parametrize("name", STEPS)
def test_what_moves_is_learned_and_what_means_nothing_is_not(name):
    """Of clips for the LSTM all places move in all clips: their order alone says the class."""
    label = np.arange(12) % 3
    table = moving(NETWORKS[name], label)
    assert right(name, table) >= 5
    shuffled = np.random.default_rng(4).permutation(label).astype(np.int32)
    assert right(name, dataclasses.replace(table, label=shuffled)) <= 3


@pytest.mark.slow
def test_where_the_order_is_the_class_the_mean_over_pairs_learns_nothing():
    table = moving(NETWORKS["cnn_lstm"], np.arange(12) % 3)
    assert right("cnn_lstm", table, **{"model.temporal": "mean"}) <= 3
