"""One Adam with two rates: the displacement module's is constant, the other's falls to nothing."""

import functools

import jax
import numpy as np
import pytest

from mol_jax.training import optim
from mol_jax.training.batches import fold_table
from mol_jax.training.step import init_fold
from tests.mol_jax.networks.every import NETWORKS

RATE, DGM_RATE, STEPS = 1e-4, 0.002, 1000


@pytest.mark.slow
def test_the_first_update_is_of_the_two_rates_and_the_last_of_one():
    """Adam's first step is its rate wherever there is a gradient."""
    network = NETWORKS["frl_dgt"]
    program = network.program(**{"optim.schedule": "cosine", "optim.eps": 1e-8})
    scalars = network.scalars(learning_rate=RATE, dgm_rate=DGM_RATE, steps=STEPS)
    fold = fold_table(np.arange(8), size=8, seed=0, name="sub0")
    shapes = jax.eval_shape(
        functools.partial(init_fold, program), scalars, network.table(), fold
    ).params
    rng = np.random.default_rng(0)

    def drawn(scale):
        return jax.tree.map(
            lambda leaf: np.float32(scale) * rng.normal(size=leaf.shape).astype(np.float32), shapes
        )

    params, grads = drawn(1e-3), drawn(1.0)
    state = optim.init(program, scalars, params)
    update = jax.jit(functools.partial(optim.update, program))

    def largest(step):
        """Returns the largest change of a parameter, in the displacement module and elsewhere."""
        after, _ = update(scalars, grads, state, params, step=np.int32(step))
        moved = jax.tree.map(lambda new, old: np.abs(new - old).max(), after, params)
        return tuple(max(jax.tree.leaves(moved[room])) for room in ("dgm", "classifier"))

    np.testing.assert_allclose(largest(0), (DGM_RATE, RATE), rtol=1e-3)
    half, last = largest(STEPS // 2), largest(STEPS - 1)
    np.testing.assert_allclose(half, (DGM_RATE, RATE / 2), rtol=1e-2)
    np.testing.assert_allclose(last[0], DGM_RATE, rtol=1e-3)
    assert 0 < last[1] < 1e-5 * RATE + 1e-9  # (1 + cos(π(1 − 1/1000)))/2 is 2.5e-6
