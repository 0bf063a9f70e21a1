"""A field that works on what the network does not read is refused, and no other is."""

import pytest

from configs import default
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


FITTED = "'lbp_top' is fitted at once, without steps of training; set"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"seeds": (0, 1)}, r"seeds are 0, 1, but 'lbp_top' draws nothing, .*seeds=\"\(0,\)\""),
        (
            {"selection.leaky_oracle": True, "selection.every": 50},
            "leaky_oracle is on, but 'lbp_top' has no steps to choose from",
        ),
        ({"selection.name": "inner"}, "set selection.name=fixed"),
        ({"train.steps": 500}, f"train.steps is 500, but {FITTED} train.steps=1000"),
        ({"optim.learning_rate": 0.1}, rf"learning_rate is 0.1, but {FITTED} .*rate=5e-05"),
        ({"augment.flip_probability": 0.5}, f"is 0.5, but {FITTED} augment.flip_probability=0.0"),
        ({"predict.keep": ("a/b/c",)}, f"{FITTED} predict.keep="),
        ({"model.radius": 5}, "model.radius is 5; it must be a whole number from 1 to 4"),
        ({"model.c": -1.0}, "model.c is -1.0; it must be a number from 0 to 1e.06"),
        ({"model.codes": "ror"}, "model.codes is 'ror'; it must be one of uniform, full"),
        ({"data.crop": 8}, "data.crop=8 gives images of 9 px, of which model.radius=4 leaves 1"),
        ({"tasks.flow": True}, "tasks.flow is on, which the network 'lbp_top' does not do"),
    ],
)
def test_a_method_that_is_fitted_at_once_refuses_what_is_of_steps(changes, says):
    config = default.get_config("lbp_top")
    settings.check(config)
    with config.unlocked():
        config.update_from_flattened_dict(changes)
    with pytest.raises(UserError, match=says):
        settings.check(config)


def test_what_it_leaves_alone_is_as_it_is_by_default():
    fitted, plain = (settings.flatten(default.get_config(n)) for n in ("lbp_top", "ststnet"))
    different = {name for name in plain if name in fitted and fitted[name] != plain[name]}
    assert different == {"model.network", "augment.flip_probability"}
