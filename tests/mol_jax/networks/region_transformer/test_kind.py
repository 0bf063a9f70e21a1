"""What the region transformer is refused, and what its fields make of it."""

import pytest

from mol_jax import settings
from mol_jax.errors import UserError
from tests.mol_jax.networks.every import NETWORKS

TINY = NETWORKS["region_transformer"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"model.dim": 10, "model.heads": 4}, "dim is 10, which is no multiple of model.heads .4"),
        ({"model.repeats": (2,)}, "must be a tuple of 2, each a whole number from 1 to 24"),
        ({"data.flow": "dis"}, "reads no flow that is computed so"),
    ],
)
def test_what_does_not_go_together_is_refused(changes, says):
    with pytest.raises(UserError, match=says):
        settings.check(TINY.config(**changes))
    settings.check(TINY.config())


def test_its_sizes_are_those_of_its_fields():
    network = TINY.program(**{"model.dim": 12, "model.heads": 2, "model.repeats": [1, 3]}).network
    assert (network.module.dim, network.module.heads, network.module.repeats) == (12, 2, (1, 3))
    assert network.recipe == "region_mosaic" and network.arguments == ()
    assert hash(network)
