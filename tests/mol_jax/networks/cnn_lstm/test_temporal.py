"""The LSTM against Flax's, the causal convolutions against a literal loop, and how they start."""

import functools

import jax
import numpy as np
import pytest
from flax import linen as nn

from mol_jax.networks.cnn_lstm.temporal import Causal, Lstm

PAIRS = np.random.default_rng(0).normal(size=(3, 9, 5)).astype(np.float32)


@functools.cache
def start(module):
    return jax.tree.map(np.asarray, jax.jit(module.init)(jax.random.key(0), PAIRS)["params"])


def drawn(module):
    """Returns parameters with noise on every number."""
    rng = np.random.default_rng(1)
    return {
        k: x + 0.5 * rng.normal(size=x.shape).astype(np.float32) for k, x in start(module).items()
    }


@functools.partial(jax.jit, static_argnums=0)
def reach(module, params, pairs):
    """Returns what a module makes of pairs, and the gradient of its square by them."""

    def squared(pairs):
        made = module.apply({"params": params}, pairs)
        return (made**2).sum(), made

    gradient, made = jax.grad(squared, has_aux=True)(pairs)
    return made, gradient


def test_the_lstm_is_that_of_another_library():
    params = drawn(Lstm(4))
    kernel, recurrent, bias = (np.split(params[n], 4, -1) for n in ("kernel", "recurrent", "bias"))
    own = {f"i{gate}": {"kernel": kernel[k]} for k, gate in enumerate("ifgo")}
    own |= {f"h{g}": {"kernel": recurrent[k], "bias": bias[k]} for k, g in enumerate("ifgo")}
    whole = nn.RNN(nn.OptimizedLSTMCell(4))
    expected = jax.jit(whole.apply)({"params": {"cell": own}}, PAIRS)[:, -1]
    np.testing.assert_allclose(reach(Lstm(4), params, PAIRS)[0], expected, rtol=1e-5, atol=1e-6)
    assert np.abs(expected).min() > 1e-3


def test_it_starts_remembering_and_turning_without_stretching():
    params = start(Lstm(4))
    np.testing.assert_array_equal(params["bias"], [0] * 4 + [1] * 4 + [0] * 8)
    recurrent = params["recurrent"]
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(4), atol=1e-5)
    assert 0.8 < np.abs(params["kernel"]).max() / (6 / (5 + 16)) ** 0.5 < 1


def test_causal_convolutions_are_the_literal_loop():
    params, x = drawn(Causal(8)), PAIRS
    for i, dilation in ((1, 1), (2, 2)):
        y = np.zeros((3, 9, 8)) + params[f"bias{i}"]
        for t in range(9):
            for back in range(3):
                if t >= back * dilation:
                    y[:, t] += x[:, t - back * dilation] @ params[f"kernel{i}"][2 - back]
        x = np.maximum(y, 0)
    found = reach(Causal(8), params, PAIRS)[0]
    np.testing.assert_allclose(found, x[:, -1], rtol=1e-4, atol=1e-5)
    assert (x[:, -1] > 0).any(axis=0).sum() > 2


@pytest.mark.parametrize(("module", "before"), [(Lstm(4), True), (Causal(8), False)])
def test_the_last_seven_pairs_are_seen_and_of_more_the_lstm_sees_all(module, before):
    seen = np.abs(reach(module, drawn(module), PAIRS)[1]).max((0, 2)) > 1e-6
    assert seen[2:].all() and (seen[:2] == before).all()
