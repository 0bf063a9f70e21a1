"""The correlation volume against the nested loops of its definition."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.networks.mol import correlation


def _nested_loops(first, second):
    pairs, height, width, channels = first.shape
    out = np.zeros((pairs, height, width, 441), np.float32)
    for i in range(21):
        for j in range(21):
            dy, dx = 2 * (i - 10), 2 * (j - 10)
            for y in range(max(0, -dy), min(height, height - dy)):
                for x in range(max(0, -dx), min(width, width - dx)):
                    product = first[:, y, x] * second[:, y + dy, x + dx]
                    out[:, y, x, 21 * i + j] = product.sum(-1) / channels
    return out


@pytest.mark.parametrize(("height", "width", "live"), [(8, 8, 49), (16, 16, 225), (24, 8, 21 * 7)])
def test_equals_nested_loops(height, width, live):
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 2, height, width, 5)).astype(np.float32)
    found = jax.jit(correlation.correlation)(first, second)
    np.testing.assert_allclose(found, _nested_loops(first, second), atol=1e-6)
    short = jax.eval_shape(correlation.live_correlation, first, second)
    assert short.shape == (2, height, width, live)


def test_live_channels_are_those_that_can_differ_from_zero():
    volume = correlation.correlation(jnp.ones((1, 8, 8, 1)), jnp.ones((1, 8, 8, 1)))
    start, stop = correlation.live_steps(8)
    live = np.zeros((21, 21), bool)
    live[start:stop, start:stop] = True
    np.testing.assert_array_equal(np.asarray(volume).any((0, 1, 2)), live.reshape(-1))
