"""What RCN-A sees: u, v and strain of one clip, brought to a range."""

import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.data.clips import Batch
from mol_jax.networks.network import Facts
from mol_jax.networks.normalise import normalise
from tests.mol_jax.networks.every import NETWORKS

IMAGES = np.random.default_rng(0).normal(size=(5, 60, 60, 3)).astype(np.float32)


@pytest.mark.parametrize("how", ["minmax", "absmax", "fixed"])
def test_it_sees_all_three_channels(how):
    network = NETWORKS["rcn_a"].program(**{"model.normalise": how}).network
    batch = Batch(None, None, None, None, {"flow_image_60": jnp.asarray(IMAGES)})
    found = network.inputs(batch, Facts(jnp.ones(3)))
    np.testing.assert_array_equal(found, normalise(jnp.asarray(IMAGES), how))
    assert found.shape == (5, 60, 60, 3) and found.std() > 0.1
