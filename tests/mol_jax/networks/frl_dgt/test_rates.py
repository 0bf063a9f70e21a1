"""One Adam with two rates: the displacement module's is constant, the other's falls to nothing."""

import functools

import jax
import numpy as np
import pytest

from mol_jax.training.batches import fold_table
from mol_jax.training.step import init_fold, train_step
from tests.mol_jax.networks.every import NETWORKS

RATE, DGM_RATE, STEPS = 1e-4, 0.002, 1000


def largest(after, before):
    """Returns the largest change of a parameter, in the displacement module and elsewhere."""
    moved = jax.tree.map(lambda new, old: np.abs(new - old).max(), after.params, before.params)
    return tuple(max(jax.tree.leaves(moved[room])) for room in ("dgm", "classifier"))


@pytest.mark.slow
def test_the_first_update_is_of_the_two_rates_and_the_last_of_one():
    """Adam's first step is its rate wherever there is a gradient."""
    network = NETWORKS["frl_dgt"]
    program = network.program(**{"optim.schedule": "cosine", "optim.eps": 1e-8})
    scalars = network.scalars(learning_rate=RATE, dgm_rate=DGM_RATE, steps=STEPS)
    table, fold = network.table(), fold_table(np.arange(8), size=8, seed=0, name="sub0")
    start = jax.jit(functools.partial(init_fold, program))(scalars, table, fold)
    update = jax.jit(functools.partial(train_step, program))
    first, _ = update(scalars, table, fold, start)
    np.testing.assert_allclose(largest(first, start), (DGM_RATE, RATE), rtol=0.01)

    late = start.replace(step=np.int32(STEPS - 1))
    last, _ = update(scalars, table, fold, late)
    of_module, elsewhere = largest(last, late)
    np.testing.assert_allclose(of_module, DGM_RATE, rtol=0.01)
    assert elsewhere < 1e-5 * RATE + 2.0**-24  # a bit of a parameter near 1
    assert largest(update(scalars, table, fold, last)[0], last)[0] > 0
