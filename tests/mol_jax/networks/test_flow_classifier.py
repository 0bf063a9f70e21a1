"""Classifiers of flow images: what they see."""

import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.data.clips import Batch
from mol_jax.networks.network import Facts
from mol_jax.networks.normalise import normalise
from tests.mol_jax.networks.every import NETWORKS

SIDES = {"sssnet": 64, "off_apexnet": 28, "dual_inception": 28, "rcn_a": 60}
SEEN = {"off_apexnet": slice(0, 2), "dual_inception": slice(0, 2)}  # of u, v and strain, if not all


def flow(name, *, clips):
    side = SIDES[name]
    images = np.random.default_rng(0).normal(size=(clips, side, side, 3))
    return Batch(*[None] * 4, {f"flow_image_{side}": jnp.asarray(images, jnp.float32)})


@pytest.mark.parametrize("how", ["minmax", "absmax", "fixed"])
@pytest.mark.parametrize("name", SIDES)
def test_it_sees_its_flow_in_the_range_that_is_asked_for(name, how):
    network = NETWORKS[name].program(**{"model.normalise": how}).network
    batch = flow(name, clips=3)
    (image,) = batch.inputs.values()
    seen = network.inputs(batch, Facts(jnp.ones(3)))
    np.testing.assert_array_equal(seen, normalise(image, how)[..., SEEN.get(name, slice(3))])
    assert seen.std() > 0.1
