"""model.input: which image a network of one small image reads, and what it sees of a grey one."""

import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax import settings
from mol_jax.data.clips import Batch
from mol_jax.errors import UserError
from mol_jax.networks.network import Facts
from mol_jax.settings.find import find
from tests.mol_jax.networks.every import NETWORKS


@pytest.mark.parametrize("name", ["ststnet", "sssnet", "off_apexnet"])
@pytest.mark.parametrize("image", ["apex", "dynamic"])
def test_a_grey_image_stands_in_every_channel(name, image):
    case, changes = NETWORKS[name], {"model.input": image}
    settings.check(case.config(**changes))
    network, side = case.program(**changes).network, 64 if name == "sssnet" else 28
    (read,) = find(name).reads(case.config(**changes))
    assert read == f"{image}_image_{side}"
    grey = np.random.default_rng(0).uniform(-1, 1, (2, side, side)).astype(np.float32)
    facts = Facts(jnp.ones(3), own=jnp.zeros((side, side, 3)) if name == "ststnet" else None)
    found = network.inputs(Batch(None, None, None, None, {read: jnp.asarray(grey)}), facts)
    channels = 2 if name == "off_apexnet" else 3
    scale = np.float32(255 if name == "ststnet" else 1)
    np.testing.assert_array_equal(found, np.repeat(scale * grey[..., None], channels, axis=-1))
    with pytest.raises(UserError, match=f"works on flow, but model.input is {image}, .*=minmax"):
        settings.check(case.config(**changes | {"model.normalise": "fixed"}))
