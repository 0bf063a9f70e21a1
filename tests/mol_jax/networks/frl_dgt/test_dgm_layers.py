"""The displacement module against its layers in NumPy, one output after the other."""

import functools

import jax
import numpy as np
import pytest

from mol_jax.networks.frl_dgt.dgm import Dgm
from tests.mol_jax.networks.frl_dgt.drawn import normal, variables

MODULE = Dgm(levels=1, width=1 / 8)
FRAMES = normal(0, (2, 2, 16, 16))


def _correlated(x, kernel, stride):
    """A convolution with a border of one zero, output by output; x [N,H,W,C] in float64."""
    size = len(kernel)
    x = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    side = (x.shape[1] - size) // stride + 1
    y = np.zeros((len(x), side, side, kernel.shape[-1]))
    for row, col in np.ndindex(side, side):
        top, left = stride * row, stride * col
        window = x[:, top : top + size, left : left + size]
        y[:, row, col] = np.tensordot(window, kernel, axes=3)
    return y


def _doubled(x, kernel):
    """A transposed convolution: each input adds its kernel, two apart, and a border is cut off."""
    side = 2 * x.shape[1]
    y = np.zeros((len(x), side + 2, side + 2, kernel.shape[-1]))
    for row, col in np.ndindex(*x.shape[1:3]):
        added = np.tensordot(x[:, row, col], kernel, axes=(1, 2))
        y[:, 2 * row : 2 * row + 4, 2 * col : 2 * col + 4] += added
    return y[:, 1:-1, 1:-1]


def _literal(variables, frames, train):
    """Convolution, batch norm, leaky ReLU, three times; a convolution, tanh, and α = 0.2."""
    params, stats = (
        jax.tree.map(lambda leaf: np.asarray(leaf, np.float64), variables[room])
        for room in ("params", "batch_stats")
    )

    def block(y, given, running):
        mean, var = running["mean"], running["var"]
        if train:
            mean, var = y.mean(axis=(0, 1, 2)), y.var(axis=(0, 1, 2))
        y = (y - mean) / np.sqrt(var + 1e-5) * given["scale"] + given["bias"]
        return np.where(y > 0, y, 0.1 * y)

    x = np.moveaxis(np.asarray(frames, np.float64), 1, -1)
    for name, stride in (("down0", 2), ("middle", 1)):
        y = _correlated(x, params[name]["conv"]["kernel"], stride)
        x = block(y, params[name]["norm"], stats[name]["norm"])
    y = _doubled(x, params["up0"]["kernel"])
    x = block(y, params["norm0"], stats["norm0"])
    last = params["last"]
    return 0.2 * np.tanh(_correlated(x, last["kernel"], 1) + last["bias"])


@pytest.mark.parametrize("train", [False, True], ids=["running", "batch"])
def test_it_equals_its_layers_one_by_one(train):
    given = variables(MODULE, FRAMES, train=False, scale=0.3)
    run = jax.jit(functools.partial(MODULE.apply, train=train, mutable="batch_stats"))
    displacement, _ = run(given, FRAMES)
    expected = _literal(given, FRAMES, train)
    np.testing.assert_allclose(displacement, expected, atol=2e-5)
    assert np.abs(expected).max() > 0.05
