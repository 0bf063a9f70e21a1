"""Dual-Inception's layers: a stream against a plain one, the two streams exchanged, parameters."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.signal import correlate2d

from mol_jax.networks.dual_inception.module import DualInception, Stream
from tests.mol_jax.networks import plain

RNG = np.random.default_rng(0)
IMAGES = RNG.normal(size=(2, 28, 28, 2)).astype(np.float32)
HALF = 3136  # numbers of a stream
NETWORK = DualInception(3, hidden=8)


@pytest.fixture(scope="module")
def params():
    return plain.drawn(NETWORK, IMAGES, {})["params"]


def conv(x, layers, name):
    """Returns ReLU of a convolution of one clip's maps [H,W,C], a map at a time."""
    kernel, bias = layers[name]["kernel"], layers[name]["bias"]
    maps = [
        sum(correlate2d(x[..., c], kernel[..., c, d], "same") for c in range(x.shape[-1])) + bias[d]
        for d in range(kernel.shape[-1])
    ]
    return np.maximum(np.stack(maps, axis=-1), 0)


def block(x, layers):
    around = np.empty_like(x)
    for i, j in np.ndindex(*x.shape[:2]):
        around[i, j] = x[max(i - 1, 0) : i + 2, max(j - 1, 0) : j + 2].max((0, 1))
    branches = [
        conv(x, layers, "one"),
        conv(conv(x, layers, "before_three"), layers, "three"),
        conv(conv(x, layers, "before_five"), layers, "five"),
        conv(around, layers, "after_pool"),
    ]
    return np.concatenate(branches, axis=-1)


def halved(x):
    made = np.empty((len(x) // 2, len(x) // 2, x.shape[-1]))
    for i, j in np.ndindex(*made.shape[:2]):
        made[i, j] = x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max((0, 1))
    return made


@pytest.mark.parametrize("lowering", ["lax", "patches"])
def test_a_stream_is_the_literal_one(params, lowering):
    layers = jax.tree.map(lambda x: np.asarray(x, np.float64), params["u"])
    x = IMAGES[0, ..., :1].astype(np.float64)
    first = halved(block(x, layers["block1"]))
    second = halved(block(first, layers["block2"]))
    assert (first.shape, second.shape) == ((14, 14, 24), (7, 7, 64))
    apply = jax.jit(Stream(lowering).apply)
    found = apply({"params": params["u"]}, IMAGES[:1, ..., :1])
    assert found.shape == (1, HALF)
    np.testing.assert_allclose(found[0], second.ravel(), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("classes", "count"), [(3, 6_449_867), (5, 6_451_917)])
def test_it_has_as_many_parameters_as_there_are(classes, count):
    assert plain.count(DualInception(classes), IMAGES, {}) == count


def test_kernels_start_as_keras_draws_them_and_biases_at_zero():
    init = jax.jit(NETWORK.init, static_argnames="train")
    drawn = init(jax.random.key(0), IMAGES, train=False)["params"]
    block = drawn["v"]["block2"]
    for layer in (block["five"], block["before_five"], drawn["head"]["hidden1"]):
        kernel, bias = layer["kernel"], layer["bias"]
        area = int(np.prod(kernel.shape[:-2]))
        limit = (6 / (area * (kernel.shape[-2] + kernel.shape[-1]))) ** 0.5
        assert 0.95 * limit < np.abs(kernel).max() <= limit
        np.testing.assert_array_equal(bias, np.zeros(kernel.shape[-1]))


@pytest.fixture(scope="module")
def run():
    """Returns the compiled network."""
    return jax.jit(lambda params, images: NETWORK.apply({"params": params}, images, train=True))


def reading(rows, params):
    """Returns the parameters with other weights between the streams and the hidden layer."""
    head = params["head"]
    return params | {"head": head | {"hidden1": head["hidden1"] | {"kernel": rows}}}


def test_what_u_is_to_its_stream_v_is_to_the_other(params, run):
    """Exchanged with their streams and with the rows that read them, they give the same logits."""
    rows = jnp.roll(params["head"]["hidden1"]["kernel"], HALF, axis=0)
    other = reading(rows, params) | {"u": params["v"], "v": params["u"]}
    before = run(params, IMAGES)
    assert before.logits.shape == (2, 3) and before.embedding.shape == (2, 8)
    after = run(other, IMAGES[..., ::-1])
    np.testing.assert_allclose(after.logits, before.logits, rtol=1e-4, atol=1e-4)
    assert np.abs(run(params, IMAGES[..., ::-1]).logits - before.logits).max() > 0.1


@pytest.mark.parametrize("own", [0, 1])
def test_a_component_touches_its_own_stream_alone(params, run, own):
    """Read from one stream's half alone, what is hidden moves with that component only."""
    half = (np.arange(2 * HALF) // HALF == own)[:, None]
    alone = reading(np.where(half, params["head"]["hidden1"]["kernel"], 0), params)
    before = run(alone, IMAGES).embedding
    for component in (0, 1):
        changed = IMAGES.copy()
        changed[..., component] *= -1
        after = run(alone, changed).embedding
        assert np.array_equal(after, before) == (component != own)
