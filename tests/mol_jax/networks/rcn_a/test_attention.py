"""RCN-A's attention and its average pooling against plain loops, and where a map is constant."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.networks.rcn_a.attention import attention, average_pool
from mol_jax.networks.rcn_a.kind import KIND

RNG = np.random.default_rng(0)
MAPS = RNG.uniform(size=(2, 3, 3, 4)).astype(np.float32)
WEIGHTS = RNG.normal(size=(3, 3, 4, 5)).astype(np.float32)


def literal(maps, weights):
    places, classes = len(weights), weights.shape[-1]
    made = np.zeros((len(maps), places, places, 1))
    for b, k in itertools.product(range(len(maps)), range(classes)):
        m = np.zeros((places, places))
        for i, j in itertools.product(range(places), repeat=2):
            for c in range(maps.shape[-1]):
                m[i, j] += maps[b, i, j, c] * weights[i, j, c, k] / maps.shape[-1]
        if m.max() > m.min():
            made[b, ..., 0] += (m - m.min()) / (m.max() - m.min()) / classes
    return made


def test_it_is_the_literal_one():
    found = attention(jnp.asarray(MAPS), jnp.asarray(WEIGHTS))
    np.testing.assert_allclose(found, literal(MAPS, WEIGHTS), rtol=1e-4, atol=1e-5)


def gradients(maps, weights):
    shape = (len(maps), *maps.shape[1:3], 1)
    along = jnp.asarray(RNG.normal(size=shape), jnp.float32)
    return _gradients(maps, weights, along)


_gradients = jax.jit(jax.grad(lambda m, w, along: (attention(m, w) * along).sum(), (0, 1)))


@pytest.mark.parametrize("value", [0.0, 0.5, 1e-20])
def test_a_constant_map_gives_0_and_finite_gradients(value):
    """The class that it is of: the others' stay, in value and in gradient."""
    weights = WEIGHTS.copy()
    weights[..., 0] = value
    maps = np.ones_like(MAPS)
    found = attention(jnp.asarray(maps), jnp.asarray(weights))
    np.testing.assert_allclose(found, literal(maps, weights), rtol=1e-4, atol=1e-5)
    still = attention(jnp.asarray(maps), jnp.asarray(weights[..., :1]))
    np.testing.assert_array_equal(still, np.zeros((2, 3, 3, 1)))
    of_maps, of_weights = gradients(maps, weights)
    assert np.isfinite(of_maps).all() and np.abs(of_maps).max() > 0
    np.testing.assert_array_equal(of_weights[..., 0], np.zeros((3, 3, 4)))
    assert np.abs(of_weights[..., 1:]).max() > 0 and np.isfinite(of_weights).all()


def test_a_map_that_hardly_differs_gives_finite_gradients():
    """In float32 the square of 1 / 1e-30 is infinite, and infinite × 0 no number."""
    for leaf in gradients(MAPS, 1e-30 * WEIGHTS):
        assert np.isfinite(leaf).all()


def test_a_map_of_one_place_cannot_be_asked_for():
    """It is flat, so all logits would be the bias, whatever is shown."""
    rule = KIND.fields["pool"].rule
    assert [rule.allows(places) for places in (1, 2, 14, 15)] == [False, True, True, False]


@pytest.mark.parametrize(("side", "places"), [(28, 7), (28, 5), (14, 5), (14, 14)])
def test_bins_are_those_of_adaptive_pooling(side, places):
    x, made = RNG.normal(size=(2, side, side, 3)), np.empty((2, places, places, 3))
    edges = [
        (int(np.floor(i * side / places)), int(np.ceil((i + 1) * side / places)))
        for i in range(places)
    ]
    for (i, (a, b)), (j, (c, d)) in itertools.product(enumerate(edges), repeat=2):
        made[:, i, j] = x[:, a:b, c:d].mean((1, 2))
    found = average_pool(jnp.asarray(x, jnp.float32), places)
    np.testing.assert_allclose(found, made, rtol=1e-4, atol=1e-5)
