"""Dual-Inception's layers: a stream against a plain one, the two streams exchanged, parameters."""

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.signal import correlate2d

from mol_jax.networks.dual_inception.module import DualInception, Stream

RNG = np.random.default_rng(0)
IMAGES = RNG.normal(size=(2, 28, 28, 2)).astype(np.float32)
HALF = 3136  # numbers of a stream
NETWORK = DualInception(3, hidden=8)


@pytest.fixture(scope="module")
def params():
    """Returns parameters with noise on every one, so that no bias is 0."""
    drawn = NETWORK.init(jax.random.key(0), jnp.asarray(IMAGES), train=False)["params"]
    rng = np.random.default_rng(1)
    return jax.tree.map(lambda x: x + 0.1 * rng.normal(size=x.shape).astype(np.float32), drawn)


def conv(x, layers, name):
    """Returns ReLU of a convolution of one clip's maps [H,W,C], a map at a time."""
    kernel, bias = layers[f"{name}_kernel"], layers[f"{name}_bias"]
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
    first = halved(block(x, layers["block_0"]))
    second = halved(block(first, layers["block_1"]))
    assert (first.shape, second.shape) == ((14, 14, 24), (7, 7, 64))
    found = Stream(lowering).apply({"params": params["u"]}, jnp.asarray(IMAGES[:1, ..., :1]))
    assert found.shape == (1, HALF)
    np.testing.assert_allclose(found[0], second.ravel(), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("classes", "count"), [(3, 6_449_867), (5, 6_451_917)])
def test_it_has_as_many_parameters_as_there_are(classes, count):
    made = jax.eval_shape(
        lambda: DualInception(classes).init(
            jax.random.key(0), jnp.zeros((1, 28, 28, 2)), train=False
        )
    )
    assert set(made) == {"params"}
    assert sum(leaf.size for leaf in jax.tree.leaves(made)) == count


def test_kernels_start_as_keras_draws_them_and_biases_at_zero():
    drawn = NETWORK.init(jax.random.key(0), jnp.asarray(IMAGES), train=False)["params"]
    block = drawn["v"]["block_1"]
    for kernel, bias in (
        (block["five_kernel"], block["five_bias"]),
        (block["before_five_kernel"], block["before_five_bias"]),
        (drawn["hidden_layer"]["kernel"], drawn["hidden_layer"]["bias"]),
    ):
        area = int(np.prod(kernel.shape[:-2]))
        limit = (6 / (area * (kernel.shape[-2] + kernel.shape[-1]))) ** 0.5
        assert 0.95 * limit < np.abs(kernel).max() <= limit
        np.testing.assert_array_equal(bias, np.zeros(kernel.shape[-1]))


@pytest.fixture(scope="module")
def run():
    """Returns the compiled network."""
    return jax.jit(lambda params, images: NETWORK.apply({"params": params}, images, train=True))


def test_what_u_is_to_its_stream_v_is_to_the_other(params, run):
    """Exchanged with their streams and with the rows that read them, they give the same logits."""
    hidden = params["hidden_layer"]
    rows = jnp.roll(hidden["kernel"], HALF, axis=0)
    other = params | {"u": params["v"], "v": params["u"], "hidden_layer": hidden | {"kernel": rows}}
    before = run(params, IMAGES)
    assert before.logits.shape == (2, 3) and before.embedding.shape == (2, 8)
    after = run(other, IMAGES[..., ::-1])
    np.testing.assert_allclose(after.logits, before.logits, rtol=1e-4, atol=1e-4)
    assert np.abs(run(params, IMAGES[..., ::-1]).logits - before.logits).max() > 0.1


@pytest.mark.parametrize("own", [0, 1])
def test_a_component_touches_its_own_stream_alone(params, run, own):
    """Read from one stream's half alone, what is hidden moves with that component only."""
    hidden = params["hidden_layer"]
    half = (np.arange(2 * HALF) // HALF == own)[:, None]
    alone = params | {"hidden_layer": hidden | {"kernel": np.where(half, hidden["kernel"], 0)}}
    before = run(alone, IMAGES).embedding
    for component in (0, 1):
        changed = IMAGES.copy()
        changed[..., component] *= -1
        after = run(alone, changed).embedding
        assert np.array_equal(after, before) == (component != own)


def test_every_parameter_is_reached_and_nothing_moving_gives_finite_gradients(params):
    @jax.jit
    def gradient(images):
        def objective(params):
            return (NETWORK.apply({"params": params}, images, train=True).logits ** 2).sum()

        return jax.grad(objective)(params)

    for leaf in jax.tree.leaves(gradient(IMAGES)):
        assert np.abs(leaf).max() > 1e-6
    for still in (0.0, 0.5):
        chex.assert_tree_all_finite(gradient(np.full_like(IMAGES, still)))
