"""One replica on several devices trains as on one, by JAX's check of what varies over them."""

import functools

import chex
import jax
import numpy as np
import pytest

from mol_jax import settings
from mol_jax.errors import UserError
from mol_jax.training import batches, spread
from mol_jax.training.spread import Spread
from tests.mol_jax import tiny
from tests.mol_jax.networks.every import NETWORKS

# A convolution, batch norm, dropout at a half, and a layer: a second to compile.
STAND_IN = tiny.STAND_IN | {"tasks.flow": False, "tasks.landmarks": False}
TABLE = jax.tree.map(lambda leaf: leaf[:4], tiny.table())
ROWS = batches.fold_table(np.arange(4), size=4, seed=0, name="pretrain")
UPDATES = 4


def trained(devices):
    """Returns parameters, running statistics and the last metrics after a few updates."""
    scalars = settings.scalars(tiny.config(**STAND_IN))
    made = Spread(tiny.program(**STAND_IN), scalars, jax.devices()[:devices])
    state = made.init(TABLE, ROWS)
    for _ in range(UPDATES):
        state, metrics = made.update(made.put_batch(TABLE), ROWS.key, state)
    return jax.device_get((state.params, state.collections, metrics))


@pytest.fixture(scope="module")
def alone():
    return trained(1)


@pytest.mark.slow
def test_two_devices_train_as_one(alone):
    chex.assert_trees_all_close(trained(2), alone, rtol=0, atol=1e-6)


@pytest.mark.slow
def test_without_the_check_the_same_code_is_silently_wrong(alone, monkeypatch):
    """The sum of the parts' gradients is then missing: each device goes its own way."""
    unchecked = functools.partial(jax.shard_map, check_vma=False)

    def shard_map(function, *, check_vma, **how):
        assert check_vma
        return unchecked(function, **how)

    monkeypatch.setattr(spread.jax, "shard_map", shard_map)
    spread._compiled.cache_clear()
    params, _, metrics = trained(2)
    spread._compiled.cache_clear()
    moved = jax.tree.map(lambda a, b: np.abs(a - b).max(), params, alone[0])
    assert max(jax.tree.leaves(moved)) > 1e-3
    assert np.isfinite(metrics.total), "nothing says so"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ststnet", "cnn_lstm"])
def test_a_network_with_statistics_or_a_scan_of_its_own_can_be_split(name):
    """It is traced, with the check on."""
    network = NETWORKS[name]
    table = jax.tree.map(lambda leaf: leaf[:4], network.table())
    made = Spread(network.program(), network.scalars(), jax.devices()[:2])
    state = made.shapes(table, ROWS)
    traced = made._update.trace(network.scalars(), table, ROWS.key, state)
    chex.assert_trees_all_equal_shapes_and_dtypes(traced.out_info[0], state)


def test_a_batch_that_cannot_be_shared_evenly_is_refused():
    with pytest.raises(UserError, match="which 3 devices cannot share evenly"):
        Spread(tiny.program(**STAND_IN), {}, jax.devices()[:3])
