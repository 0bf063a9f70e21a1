"""The product over windows against the layers one by one: in value and in every gradient."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from mol_jax.networks.ststnet import streams

RNG = np.random.default_rng(0)
NOISE = RNG.normal(size=(6, 28, 28, 3)).astype(np.float32)
KERNEL = RNG.uniform(-0.3, 0.5, size=(3, 3, 3, 4)).astype(np.float32)
BIAS = RNG.normal(size=4).astype(np.float32)
SCALE = np.array([1, -0.5, 2, -1], np.float32)  # of two filters the smallest are taken
CHOSEN = RNG.normal(size=(6, 10, 10, 4)).astype(np.float32)

# Whole numbers, so that many windows have several largest pixels, and none of them by rounding.
TIED = RNG.integers(0, 3, size=NOISE.shape).astype(np.float32)
WHOLE = RNG.integers(-1, 3, size=KERNEL.shape).astype(np.float32)


def layers(images, kernel, bias, scale):
    """Returns what `pooled` does, by XLA's convolution and JAX's own gradients."""
    x = lax.conv_general_dilated(
        images, kernel, (1, 1), [(1, 1)] * 2, dimension_numbers=("NHWC", "HWIO", "NHWC")
    )
    x = jax.nn.relu(x + bias[None, None, None])
    mean, sign = x.mean((0, 1, 2)), np.sign(scale)[None, None, None]
    y = jnp.pad(x * sign, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=-np.inf)
    y = functools.reduce(jnp.maximum, (y[:, i::3] for i in range(3)))
    y = functools.reduce(jnp.maximum, (y[:, :, i::3] for i in range(3)))
    return y * sign, mean, jnp.square(x - mean[None, None, None]).mean((0, 1, 2))


def results(function, *arguments):
    """Returns what a function returns, and gradients of images, kernel and bias."""

    def objective(*arguments):
        extremes, mean, var = returned = function(*arguments, SCALE)
        of_each = jnp.arange(1, 5, dtype=jnp.float32)
        return (extremes * CHOSEN).sum() + 100 * ((mean + var) * of_each).sum(), returned

    grads, returned = jax.grad(objective, (0, 1, 2), has_aux=True)(*arguments)
    return *returned, *grads


RESULTS = jax.jit(results, static_argnums=0)


def assert_equal(found, expected):
    for each, other in zip(found, expected, strict=True):
        most = np.abs(other).max()
        assert most > 0.1
        np.testing.assert_allclose(each, other, rtol=1e-4, atol=1e-5 * most)


def test_it_is_the_layers_one_by_one(monkeypatch):
    monkeypatch.setattr(streams, "BLOCK", 2)  # of six images
    found, expected = (RESULTS(f, NOISE, KERNEL, BIAS) for f in (streams.pooled, layers))
    assert_equal(found, expected)
    assert np.std(expected[0]) > 0.1


def test_equal_pixels_share_a_gradient_as_those_of_maximum_do():
    ones = np.ones(4, np.float32)
    expected = RESULTS(layers, TIED, WHOLE, ones)
    assert (np.asarray(expected[0]) > 0).mean() > 0.5
    assert_equal(RESULTS(streams.pooled, TIED, WHOLE, ones), expected)
    moved = RESULTS(layers, TIED + 1e-3 * NOISE, WHOLE, ones)  # nothing is tied, nor shared
    assert np.abs(moved[3] - expected[3]).max() > 0.1


@pytest.mark.slow
def test_replicas_side_by_side_are_each_as_alone():
    def of_kernel(kernel):
        return results(streams.pooled, NOISE, kernel, BIAS)

    kernels = jnp.stack([KERNEL, 2 * KERNEL[::-1]])
    side_by_side = jax.jit(jax.vmap(of_kernel))(kernels)
    for replica, kernel in enumerate(kernels):
        alone = RESULTS(streams.pooled, NOISE, kernel, BIAS)
        assert_equal([leaf[replica] for leaf in side_by_side], alone)


@pytest.mark.parametrize(("batch", "block"), [(256, 16), (64, 16), (12, 12), (442, 13), (257, 257)])
def test_blocks_are_equal_and_not_of_few_images(batch, block):
    assert streams._block(batch) == block
