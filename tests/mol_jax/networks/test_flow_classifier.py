"""Classifiers of flow images: what they see, what a gradient reaches of them, that they learn."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.data.clips import Batch
from mol_jax.networks.network import Facts
from mol_jax.networks.normalise import normalise
from mol_jax.settings import scalars
from tests.mol_jax.networks.every import NETWORKS

SIDES = {"ststnet": 28, "sssnet": 64, "off_apexnet": 28, "dual_inception": 28, "rcn_a": 60}
SEEN = {"off_apexnet": slice(0, 2), "dual_inception": slice(0, 2)}  # of u, v and strain, if not all
OWN = [name for name in SIDES if name != "ststnet"]  # which has a test of its own


def flow(name, *, scale=1.0, clips=1, dtype=np.float32):
    side = SIDES[name]
    images = scale * np.random.default_rng(0).normal(size=(clips, side, side, 3))
    label = jnp.arange(1, clips + 1, dtype=jnp.int32) % 3
    return Batch(None, None, None, label, {f"flow_image_{side}": jnp.asarray(images, dtype)})


def facts(name, dtype=np.float32):
    """Returns what a fold's rows make known; a mean image where there is one."""
    shape = (SIDES[name], SIDES[name], 3)
    return Facts(jnp.ones(3), own=jnp.full(shape, 99, dtype) if name == "ststnet" else None)


@pytest.mark.parametrize("how", ["minmax", "absmax", "fixed"])
@pytest.mark.parametrize("name", OWN)
def test_it_sees_its_flow_in_the_range_that_is_asked_for(name, how):
    network = NETWORKS[name].program(**{"model.normalise": how}).network
    batch = flow(name, clips=3)
    (image,) = batch.inputs.values()
    seen = network.inputs(batch, facts(name))
    np.testing.assert_array_equal(seen, normalise(image, how)[..., SEEN.get(name, slice(3))])
    assert seen.std() > 0.1


def gradient(name):
    """Returns the gradient of a clip's loss, compiled, and variables that it is of, in float64."""
    config, network = NETWORKS[name].config(), NETWORKS[name].program().network
    given = {argument: 0.5 for argument in network.arguments}
    init = jax.jit(network.module.init, static_argnames="train")
    images = network.inputs(flow(name), facts(name))
    variables = jax.tree.map(
        lambda leaf: np.asarray(leaf, np.float64),
        init(jax.random.key(0), images, train=False, **given),
    )
    state = {part: tree for part, tree in variables.items() if part != "params"}

    @jax.jit
    def loss_and_gradient(params, batch, known):
        def loss(params):
            outputs, _ = network.module.apply(
                {"params": params, **state},
                network.inputs(batch, known),
                train=True,
                mutable=["batch_stats"],
                rngs={"dropout": jax.random.key(1)},
                **given,
            )
            return network.losses(outputs, batch, scalars(config), known)["mer"].mean()

        return jax.value_and_grad(loss)(params)

    return lambda batch: loss_and_gradient(variables["params"], batch, facts(name, np.float64))


@pytest.mark.slow
@pytest.mark.parametrize("name", SIDES)
def test_a_gradient_reaches_every_parameter_and_is_finite_where_nothing_moves(name):
    """Of one clip; in float64, where rounding does not hide what is not reached."""
    of_clip = gradient(name)
    with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"):  # Flax raises to float32
        _, reached = of_clip(flow(name, dtype=np.float64))
        still = flow(name, scale=0.0, dtype=np.float64)
        moved = {recipe: image + jnp.ones_like(image) for recipe, image in still.inputs.items()}
        others = [of_clip(batch) for batch in (still, dataclasses.replace(still, inputs=moved))]
    for path, grad in jax.tree_util.tree_leaves_with_path(reached):
        assert grad.dtype == np.float64
        assert np.abs(grad).max() > 1e-12, jax.tree_util.keystr(path)
    for value, grads in others:
        assert np.isfinite(value)
        assert all(np.isfinite(grad).all() for grad in jax.tree.leaves(grads))
        assert any(np.abs(grad).max() > 1e-3 for grad in jax.tree.leaves(grads))
