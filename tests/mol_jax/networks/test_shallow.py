"""The layers of shallow networks against loops, and what their dropout leaves of a map."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import linen as nn

from mol_jax.networks import layers, shallow
from mol_jax.networks.frl_dgt.motion import normalised
from mol_jax.networks.mol.f5c import CCC
from mol_jax.networks.mol.mer_head import max_pool
from tests.mol_jax.networks import plain


@pytest.mark.parametrize(("side", "size"), [(6, 2), (9, 3)])
def test_pooling_is_the_largest_of_each_window(side, size):
    x = np.random.default_rng(0).normal(size=(2, side, side, 3)).astype(np.float32)
    np.testing.assert_array_equal(shallow.max_pool(jnp.asarray(x), size), plain.max_pool(x, size))


def test_padding_is_never_the_largest():
    x = jnp.full((1, 4, 4, 1), -3.0)
    np.testing.assert_array_equal(shallow.max_pool(x, 3, 1), np.full((1, 2, 2, 1), -3.0))


def test_windows_may_overlap():
    x = np.random.default_rng(0).normal(size=(2, 5, 7, 3)).astype(np.float32)
    made = np.empty_like(x)
    for i, j in np.ndindex(5, 7):
        made[:, i, j] = x[:, max(i - 1, 0) : i + 2, max(j - 1, 0) : j + 2].max((1, 2))
    np.testing.assert_array_equal(shallow.max_pool(jnp.asarray(x), 3, 1, stride=1), made)
    made = x[:, 1::2, 1::2].copy()
    for i, j in np.ndindex(2, 3):
        made[:, i, j] = x[:, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3].max((1, 2))
    np.testing.assert_array_equal(shallow.max_pool(jnp.asarray(x), 3, stride=2), made)


def test_the_first_of_the_largest_has_all_of_the_gradient():
    x = jnp.array([[3.0, 5.0, 5.0], [-2.0, -3.0, -2.0], [-jnp.inf, 1.0, 0.0]])
    found, back = jax.vjp(lambda x: shallow.largest(x, axis=1), x)
    np.testing.assert_array_equal(found, [[5], [-2], [1]])
    np.testing.assert_array_equal(back(found)[0], [[0, 5, 0], [-2, 0, 0], [0, 1, 0]])
    np.testing.assert_array_equal(shallow.largest(x[:2], axis=0), [[3, 5, 5]])


def ccc(x):
    return CCC(2).init_with_output(jax.random.key(0), x)[0]


@pytest.mark.parametrize(
    ("function", "shape"),
    [
        (max_pool, (1, 3, 4, 4, 2)),
        (normalised, (2, 4, 4, 2)),
        (ccc, (1, 2, 2, 3)),
        (functools.partial(shallow.max_pool, size=2), (1, 4, 4, 1)),
        (functools.partial(shallow.largest, axis=0), (4, 3)),
    ],
)
def test_no_gradient_goes_through_a_maximum_that_may_share_out_by_none(function, shape):
    """That of jnp.max divides by how many numbers equal the largest, which XLA may find to be 0."""
    x = jnp.zeros(shape)
    assert "reduce_max" not in str(jax.make_jaxpr(function)(x))
    assert "reduce_max" in str(jax.make_jaxpr(jnp.max)(x))


def test_a_window_that_does_not_fit_is_no_pooling():
    with pytest.raises(AssertionError):
        shallow.max_pool(jnp.zeros((1, 5, 5, 1)), 2)


def test_relu_after_the_pooling_is_relu_before_it_to_the_bit():
    module = shallow.ConvPool(4, 3, 2, padding=1)
    x = np.random.default_rng(0).normal(size=(2, 6, 6, 3)).astype(np.float32)
    y, variables = module.init_with_output(jax.random.key(0), jnp.asarray(x))
    layer = variables["params"]
    maps = layers.convolutions.conv(jnp.asarray(x), layer["kernel"], padding=1)
    maps = np.asarray(nn.relu(maps + layer["bias"][None, None, None]))
    np.testing.assert_array_equal(y, plain.max_pool(maps, 2))
    assert (maps == 0).any() and (np.asarray(y) > 0).any()


def test_weights_and_biases_start_uniform_within_the_fan_in():
    conv = shallow.ConvPool(64, 3, 2).init(jax.random.key(0), jnp.zeros((1, 4, 4, 6)))["params"]
    head = shallow.Head((80,), 90).init(
        jax.random.key(0), jnp.zeros((1, 120)), train=False, dropout=0.0
    )["params"]
    for layer, fan_in in ((conv, 54), (head["hidden1"], 120), (head["classes"], 80)):
        bound = fan_in**-0.5
        for drawn in (np.asarray(layer["kernel"]), np.asarray(layer["bias"])):
            assert 0.85 * bound < np.abs(drawn).max() <= bound
            assert drawn.std() == pytest.approx(bound / 3**0.5, rel=0.2)
            assert abs(drawn.mean()) < 0.3 * bound


class _Dropout(nn.Module):
    whole_maps: bool

    @nn.compact
    def __call__(self, x):
        return layers.dropout(self, x, 0.25, whole_maps=self.whole_maps)


def test_dropout_of_whole_maps_zeroes_or_keeps_each():
    x, rngs = jnp.full((40, 5, 5, 20), 3.0), {"dropout": jax.random.key(0)}
    maps, numbers = (np.asarray(_Dropout(whole).apply({}, x, rngs=rngs)) for whole in (True, False))
    assert set(np.unique(maps)) == set(np.unique(numbers)) == {0.0, 4.0}
    np.testing.assert_array_equal(maps, np.broadcast_to(maps[:, :1, :1], maps.shape))
    assert (maps[:, 0, 0] == 0).mean() == pytest.approx(0.25, abs=0.05)
    assert (maps[0, 0, 0] != maps[1, 0, 0]).any()  # each clip's maps by themselves
    assert (numbers != numbers[:, :1, :1]).any()
