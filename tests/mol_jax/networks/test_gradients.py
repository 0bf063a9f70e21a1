"""What a gradient reaches of networks of flow, and that it is finite where nothing moves."""

import jax
import numpy as np
import pytest

from mol_jax.data.clips import Batch
from mol_jax.networks.network import Facts
from mol_jax.settings import scalars
from tests.mol_jax.networks.every import NETWORKS

CHANGES = {name: {} for name in ("ststnet", "sssnet", "off_apexnet", "dual_inception", "rcn_a")}
# In the code released of GRAPH-AU all layers but the last reach nothing.
CHANGES |= {"cnn_lstm": {}, "region_transformer": {}}
CHANGES |= {"graph_au": {"model.layers": 2, "model.au_weight": 0.0}}


def clip(name):
    """Returns the name of what the network reads of flow, and noise in its place, of one clip."""
    inputs = NETWORKS[name].table().inputs
    ((recipe, images),) = ((k, x) for k, x in inputs.items() if x.ndim > 2)
    return recipe, np.random.default_rng(0).normal(size=(1, *images.shape[1:]))


def gradient(name):
    """Returns the loss of a clip and its gradient, compiled, by variables in float64."""
    config, (recipe, images) = NETWORKS[name].config(**CHANGES[name]), clip(name)
    network = NETWORKS[name].program(**CHANGES[name]).network
    own = {"ststnet": np.full(images.shape[1:], 99.0), "graph_au": np.eye(9) + 0.1}
    given = {argument: 0.5 for argument in network.arguments}

    def seen(images):
        dtype = images.dtype
        facts = jax.tree.map(lambda x: x.astype(dtype), Facts(np.ones(3), own=own.get(name)))
        batch = Batch(None, None, None, np.ones(1, np.int32), {recipe: images})
        return network.inputs(batch, facts), batch, facts

    def init(images):
        return network.module.init(jax.random.key(0), seen(images)[0], train=False, **given)

    made = jax.jit(init)(np.float32(images))
    variables = jax.tree.map(lambda leaf: np.asarray(leaf, np.float64), made)
    state = {part: tree for part, tree in variables.items() if part != "params"}

    @jax.jit
    def loss_and_gradient(params, images):
        inputs, batch, facts = seen(images)

        def loss(params):
            outputs, _ = network.module.apply(
                {"params": params, **state},
                inputs,
                train=True,
                mutable=["batch_stats"],
                rngs={"dropout": jax.random.key(1)},
                **given,
            )
            return network.losses(outputs, batch, scalars(config), facts)["mer"].mean()

        return jax.value_and_grad(loss)(params)

    return lambda images: loss_and_gradient(variables["params"], images)


@pytest.mark.slow
@pytest.mark.parametrize("name", CHANGES)
def test_a_gradient_reaches_every_parameter_and_is_finite_where_nothing_moves(name):
    """Of one clip; in float64, where rounding does not hide what is not reached."""
    of_clip, (_, images) = gradient(name), clip(name)
    with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"):  # Flax raises to float32
        _, reached = of_clip(images)
        others = [of_clip(still) for still in (0 * images, 0 * images + 1)]
    for path, grad in jax.tree_util.tree_leaves_with_path(reached):
        assert grad.dtype == np.float64
        assert np.abs(grad).max() > 1e-12, jax.tree_util.keystr(path)
    for value, grads in others:
        assert np.isfinite(value)
        assert all(np.isfinite(grad).all() for grad in jax.tree.leaves(grads))
        assert any(np.abs(grad).max() > 1e-3 for grad in jax.tree.leaves(grads))
