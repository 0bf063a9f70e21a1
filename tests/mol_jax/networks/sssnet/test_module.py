"""SSSNet's layers against a forward pass written plainly, and what its dropout leaves."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.networks.sssnet.module import Sssnet
from tests.mol_jax.networks import plain

IMAGES = jnp.asarray(np.random.default_rng(0).normal(size=(3, 64, 64, 3)), jnp.float32)


@pytest.fixture(scope="module")
def variables():
    return plain.drawn(Sssnet(3), IMAGES)


def run(variables, *, train, rate=0.0, key=0):
    """Returns what every layer sees and returns, and the outputs."""
    module = Sssnet(3, "patches" if train else "lax")
    return plain.seen(
        module, variables, IMAGES, jax.random.key(key), train=train, dropout=jnp.float32(rate)
    )


@pytest.fixture(scope="module")
def dropped(variables):
    return run(variables, train=True, rate=0.5)


def literal(variables, *, train):
    p, kept, x = variables["params"], variables["batch_stats"], IMAGES
    for i, size in ((1, 3), (2, 2)):
        x = plain.max_pool(plain.relu(plain.conv(x, p[f"conv{i}"])), size)
        x = plain.norm(x, p[f"norm{i}"], kept[f"norm{i}"], train=train)
    x = plain.relu(plain.dense(x.reshape(len(x), 9 * 9 * 64), p["head"]["hidden1"]))
    return plain.dense(x, p["head"]["classes"])


@pytest.mark.parametrize("train", [False, True])
def test_it_is_the_literal_network(variables, train):
    """Where it trains by products of windows, else by XLA's convolutions."""
    outputs = run(variables, train=train)[1]
    expected = literal(variables, train=train)
    np.testing.assert_allclose(outputs.logits, expected, rtol=1e-4, atol=1e-4)
    assert expected.std(axis=0).min() > 1e-2


@pytest.mark.parametrize(("classes", "parameters"), [(3, 1_349_251), (5, 1_349_765)])
def test_it_has_as_many_parameters_as_there_are(classes, parameters):
    assert plain.count(Sssnet(classes), IMAGES) == parameters


def test_each_layer_has_its_shape(dropped):
    shapes = {name: (given.shape[1:], got.shape[1:]) for name, (given, got) in dropped[0].items()}
    assert shapes == {
        "": ((64, 64, 3), (3,)),
        "conv1": ((64, 64, 3), (20, 20, 32)),
        "norm1": ((20, 20, 32), (20, 20, 32)),
        "conv2": ((20, 20, 32), (9, 9, 64)),
        "norm2": ((9, 9, 64), (9, 9, 64)),
        "head": ((5184,), (3,)),
        "head/hidden1": ((5184,), (256,)),
        "head/classes": ((256,), (3,)),
    }


def test_dropout_takes_whole_maps_of_the_convolutions_and_numbers_of_the_hidden_layer(dropped):
    layers, outputs = dropped
    for after, shape in (("conv2", (20, 20, 32)), ("head", (9, 9, 64))):
        given = np.asarray(layers[after][0]).reshape(3, *shape)
        whole = (given == 0).all((1, 2))
        assert 0.3 < whole.mean() < 0.7
        assert not (given.transpose(0, 3, 1, 2)[~whole] == 0).any()
    hidden = np.maximum(layers["head/hidden1"][1], 0)
    kept = np.asarray(outputs.embedding) != 0
    assert 0.4 < kept[hidden > 0].mean() < 0.6
    np.testing.assert_allclose(outputs.embedding, np.where(kept, 2 * hidden, 0), rtol=1e-6)


def test_dropout_is_of_training_alone_and_drawn_anew(variables, dropped):
    other = run(variables, train=True, rate=0.5, key=1)[1].logits
    assert not np.array_equal(other, dropped[1].logits)
    still, same = (run(variables, train=False, rate=0.9 * key, key=key)[1].logits for key in (0, 1))
    np.testing.assert_array_equal(still, same)
