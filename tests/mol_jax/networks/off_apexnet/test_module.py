"""OFF-ApexNet's layers against a forward pass written plainly, and its two streams apart."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.networks.off_apexnet.module import OffApexnet
from tests.mol_jax.networks import plain

IMAGES = jnp.asarray(np.random.default_rng(0).normal(size=(3, 28, 28, 2)), jnp.float32)


@pytest.fixture(scope="module")
def params():
    return plain.drawn(OffApexnet(3), IMAGES)["params"]


def run(params, images=IMAGES, *, train, rate=0.0, key=0):
    """Returns what every layer sees and returns, and the outputs."""
    module, variables = OffApexnet(3, "patches" if train else "lax"), {"params": params}
    return plain.seen(
        module, variables, images, jax.random.key(key), train=train, dropout=jnp.float32(rate)
    )


@pytest.fixture(scope="module")
def straight(params):
    return run(params, train=False)


def literal(params):
    streams = []
    for i, name in enumerate("uv"):
        x = IMAGES[..., i : i + 1]
        for layer in ("conv1", "conv2"):
            x = plain.max_pool(plain.relu(plain.conv(x, params[name][layer], padding=2)), 2)
        streams.append(x.reshape(len(x), 7 * 7 * 16))
    x = np.concatenate(streams, axis=1)
    for layer in ("hidden1", "hidden2"):
        x = plain.relu(plain.dense(x, params["head"][layer]))
    return plain.dense(x, params["head"]["classes"])


@pytest.mark.parametrize("train", [False, True])
def test_it_is_the_literal_network(params, train):
    """Where it trains by products of windows, else by XLA's convolutions."""
    outputs, expected = run(params, train=train)[1], literal(params)
    np.testing.assert_allclose(outputs.logits, expected, rtol=1e-4, atol=1e-4)
    assert expected.std(axis=0).min() > 1e-3


@pytest.mark.parametrize(("classes", "parameters"), [(3, 2_664_475), (5, 2_666_525)])
def test_it_has_as_many_parameters_as_there_are(classes, parameters):
    assert plain.count(OffApexnet(classes), IMAGES) == parameters


def test_each_layer_has_its_shape(straight):
    shapes = {name: (given.shape[1:], got.shape[1:]) for name, (given, got) in straight[0].items()}
    streams = {
        "": ((28, 28, 1), (784,)),
        "/conv1": ((28, 28, 1), (14, 14, 6)),
        "/conv2": ((14, 14, 6), (7, 7, 16)),
    }
    assert shapes == {
        "": ((28, 28, 2), (3,)),
        **{f"{name}{layer}": shape for name in "uv" for layer, shape in streams.items()},
        "head": ((1568,), (3,)),
        "head/hidden1": ((1568,), (1024,)),
        "head/hidden2": ((1024,), (1024,)),
        "head/classes": ((1024,), (3,)),
    }


def test_u_and_v_exchanged_with_their_streams_are_the_same(params, straight):
    """And with the rows of the first hidden layer, which read the streams."""
    first = params["head"]["hidden1"]
    rows = np.concatenate([first["kernel"][784:], first["kernel"][:784]])
    head = params["head"] | {"hidden1": first | {"kernel": rows}}
    other = {"u": params["v"], "v": params["u"], "head": head}
    logits = run(other, IMAGES[..., ::-1], train=False)[1].logits
    np.testing.assert_allclose(logits, straight[1].logits, rtol=1e-4, atol=1e-5)
    unlike = run(params, IMAGES[..., ::-1], train=False)[1].logits
    assert np.abs(unlike - straight[1].logits).max() > 1e-3


@pytest.mark.parametrize(("moved", "still", "channel"), [("u", "v", 0), ("v", "u", 1)])
def test_a_direction_reaches_its_own_stream_alone(params, straight, moved, still, channel):
    layers = run(params, IMAGES.at[..., channel].add(1.0), train=False)[0]
    np.testing.assert_array_equal(layers[still][1], straight[0][still][1])
    assert np.abs(layers[moved][1] - straight[0][moved][1]).max() > 1e-2


def test_dropout_is_of_either_hidden_layer_and_of_training_alone(params, straight):
    layers, outputs = run(params, train=True, rate=0.5)
    for given, layer in ((layers["head/hidden2"][0], "hidden1"), (outputs.embedding, "hidden2")):
        hidden = np.asarray(layers[f"head/{layer}"][1])
        assert 0.4 < (np.asarray(given)[hidden > 0] != 0).mean() < 0.6
    assert (np.asarray(layers["head"][0]) != 0).mean() > 0.5  # of the streams nothing is dropped
    same = run(params, train=False, rate=0.9, key=1)[1].logits
    np.testing.assert_array_equal(same, straight[1].logits)
