"""Classifiers of flow images: what they see, and what a gradient reaches of them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.data.clips import Batch
from mol_jax.networks.network import Facts
from mol_jax.networks.normalise import normalise
from mol_jax.settings import scalars
from tests.mol_jax.networks.every import NETWORKS

SIDES = {"sssnet": 64, "off_apexnet": 28}
SEEN = {"sssnet": slice(0, 3), "off_apexnet": slice(0, 2)}  # of u, v and strain
FACTS = Facts(jnp.ones(3))


def flow(name, *, scale=1.0):
    side = SIDES[name]
    images = scale * np.random.default_rng(0).normal(size=(4, side, side, 3))
    label = jnp.asarray([0, 1, 2, 1], jnp.int32)
    return Batch(None, None, None, label, {f"flow_image_{side}": jnp.asarray(images, jnp.float32)})


@pytest.mark.parametrize("how", ["minmax", "absmax", "fixed"])
@pytest.mark.parametrize("name", SIDES)
def test_it_sees_its_flow_in_the_range_that_is_asked_for(name, how):
    network, batch = NETWORKS[name].program(**{"model.normalise": how}).network, flow(name)
    (image,) = batch.inputs.values()
    np.testing.assert_array_equal(
        network.inputs(batch, FACTS), normalise(image, how)[..., SEEN[name]]
    )


@pytest.fixture(scope="module")
def gradient():
    """Returns the loss and the gradient of a network on a batch, compiled once for each."""
    made = {}

    def of(name, batch):
        if name not in made:
            made[name] = _gradient(name, batch)
        return made[name](batch)

    return of


def _gradient(name, batch):
    config = NETWORKS[name].config()
    network = NETWORKS[name].program().network
    inputs = network.inputs(batch, FACTS)
    init = jax.jit(network.module.init, static_argnames="train")
    variables = init(jax.random.key(0), inputs, train=False, dropout=0.0)
    state = {part: tree for part, tree in variables.items() if part != "params"}

    def loss(params, batch):
        outputs, _ = network.module.apply(
            {"params": params, **state},
            network.inputs(batch, FACTS),
            train=True,
            dropout=0.5,
            mutable=["batch_stats"],
            rngs={"dropout": jax.random.key(1)},
        )
        return network.losses(outputs, batch, scalars(config), FACTS)["mer"].mean()

    compiled = jax.jit(jax.value_and_grad(loss))
    return lambda batch: compiled(variables["params"], batch)


@pytest.mark.slow
@pytest.mark.parametrize("name", SIDES)
def test_a_gradient_reaches_every_parameter(name, gradient):
    _, grads = gradient(name, flow(name))
    for path, grad in jax.tree_util.tree_leaves_with_path(grads):
        assert np.abs(grad).max() > 1e-7, jax.tree_util.keystr(path)


@pytest.mark.slow
@pytest.mark.parametrize("name", SIDES)
def test_where_nothing_moves_the_gradient_is_finite(name, gradient):
    value, grads = gradient(name, flow(name, scale=0.0))
    assert np.isfinite(value)
    assert all(np.isfinite(grad).all() for grad in jax.tree.leaves(grads))
    assert np.abs(grads["head"]["classes"]["bias"]).max() > 1e-3
