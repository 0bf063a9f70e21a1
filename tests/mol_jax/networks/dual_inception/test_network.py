"""What Dual-Inception sees: u and v of one clip, brought to a range."""

import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.data.clips import Batch
from mol_jax.networks.network import Facts
from mol_jax.networks.normalise import normalise
from tests.mol_jax.networks.every import NETWORKS

IMAGES = np.random.default_rng(0).normal(size=(5, 28, 28, 3)).astype(np.float32)


@pytest.mark.parametrize("how", ["minmax", "absmax", "fixed"])
def test_it_sees_u_and_v_and_no_strain(how):
    network = NETWORKS["dual_inception"].program(**{"model.normalise": how}).network
    batch = Batch(None, None, None, None, {"flow_image_28": jnp.asarray(IMAGES)})
    found = network.inputs(batch, Facts(jnp.ones(3)))
    np.testing.assert_array_equal(found, normalise(jnp.asarray(IMAGES), how)[..., :2])
    assert found.shape == (5, 28, 28, 2) and found.std() > 0.1
