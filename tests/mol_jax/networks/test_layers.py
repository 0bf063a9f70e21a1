"""Dropout, batch norm and compute types of the shared layers."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import linen as nn

from mol_jax.networks import layers


class _Dropout(nn.Module):
    @nn.compact
    def __call__(self, x, rate):
        return layers.dropout(self, x, rate)


@jax.jit
def _dropped(x, rate, key):
    return _Dropout().apply({}, x, rate, rngs={"dropout": key})


def test_dropout_with_a_traced_rate():
    x, key = jnp.full((100, 100), 3.0), jax.random.key(0)
    np.testing.assert_array_equal(_dropped(x, jnp.float32(0.0), key), x)
    y = np.asarray(_dropped(x, jnp.float32(0.25), key))
    assert set(np.unique(y)) == {0.0, 4.0}
    assert (y == 0).mean() == pytest.approx(0.25, abs=0.02)
    assert not np.array_equal(y, _dropped(x, jnp.float32(0.25), jax.random.key(1)))


class _Norm(nn.Module):
    @nn.compact
    def __call__(self, x, *, train):
        return layers.batch_norm(x, train=train)


def test_batch_norm_normalises_and_keeps_running_statistics():
    x = jnp.asarray(np.random.default_rng(0).normal(3.0, 2.0, (64, 4, 4, 2)), jnp.float32)
    norm = _Norm()
    variables = norm.init(jax.random.key(0), x, train=True)
    y, changed = norm.apply(variables, x, train=True, mutable=["batch_stats"])
    np.testing.assert_allclose(y.mean((0, 1, 2)), 0.0, atol=1e-5)
    np.testing.assert_allclose(y.std((0, 1, 2)), 1.0, atol=1e-3)
    running = changed["batch_stats"]["norm"]
    np.testing.assert_allclose(running["mean"], 0.1 * x.mean((0, 1, 2)), rtol=1e-5)
    np.testing.assert_allclose(running["var"], 0.9 + 0.1 * x.var((0, 1, 2)), rtol=1e-4)
    z = norm.apply({**variables, **changed}, x, train=False)
    expected = (x - running["mean"][None, None, None]) / jnp.sqrt(running["var"] + 1e-5)[
        None, None, None
    ]
    np.testing.assert_allclose(z, expected, atol=1e-5)


def test_convolution_before_a_norm_has_no_bias():
    x = jnp.zeros((1, 8, 8, 3))
    module = layers.ConvNorm(4, 3)
    variables = jax.eval_shape(lambda x: module.init(jax.random.key(0), x, train=True), x)
    assert set(variables["params"]["conv"]) == {"kernel"}


@pytest.mark.slow
def test_kernels_keep_the_variance():
    x = jax.random.normal(jax.random.key(1), (8, 16, 16, 16))
    y, _ = layers.Conv(32, 3, gain=1.0).init_with_output(jax.random.key(0), x)
    z, _ = layers.ConvTranspose(32).init_with_output(jax.random.key(0), x)
    assert float(y.var()) == pytest.approx(1.0, abs=0.15)
    assert float(z[:, 1:-1, 1:-1].var()) == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize(
    "module", [layers.Conv(4, 3), layers.ConvTranspose(4), layers.dense(4, 1.0, name="affine")]
)
def test_bfloat16_computes_in_it_and_keeps_float32_parameters(module):
    module = module.clone(dtype=jnp.bfloat16)
    y, variables = jax.eval_shape(
        lambda x: module.init_with_output(jax.random.key(0), x), jnp.zeros((1, 4, 4, 2))
    )
    assert y.dtype == jnp.bfloat16
    assert {leaf.dtype for leaf in jax.tree.leaves(variables)} == {jnp.dtype("float32")}
