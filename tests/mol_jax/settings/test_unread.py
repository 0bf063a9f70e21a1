"""A field that works on what the network does not read is refused, and no other is."""

import pytest

from mol_jax import settings
from mol_jax.errors import UserError
from tests.mol_jax.networks.every import NETWORKS


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("augment.crop_jitter", 1.0, "is cropped; set augment.crop_jitter=0.0"),
        ("data.normalisation", "subject", "frames to normalise; set data.normalisation=fixed"),
        ("data.sampling", "tim", "is sampled; set data.sampling=even"),
        ("data.flow", "dis", "flow that is computed so; set data.flow=tvl1"),
        ("data.phases", 3, "has phases; set data.phases=0"),
    ],
)
def test_what_would_change_nothing_is_refused(field, value, says):
    with pytest.raises(UserError, match=f"{field} is {value}, but .*'ststnet' reads no.*{says}"):
        settings.check(NETWORKS["ststnet"].config(**{field: value}))
    settings.check(NETWORKS["ststnet"].config())
    settings.check(NETWORKS["mol"].config(**{field: value}))
