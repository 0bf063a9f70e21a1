"""How many folds a protocol makes, before its dataset is built."""

import pytest

from configs import cross, default
from mol_jax import expected
from mol_jax.errors import UserError


def of(config, **changes):
    with config.unlocked():
        config.update_from_flattened_dict(changes)
    return config


@pytest.mark.parametrize(
    ("config", "changes", "folds"),
    [
        (default, {}, 26),
        (default, {"data.view": "4class"}, 26),
        (default, {"protocol.name": "kfold", "protocol.folds": 4}, 4),
        (default, {"protocol.name": "lovo"}, 246),
        (default, {"data.name": "composite", "data.view": "megc2019"}, 68),
        (cross, {}, 1),
    ],
)
def test_folds_are_those_of_the_protocol(config, changes, folds):
    assert expected.folds(of(config.get_config(), **changes)) == folds


def test_what_is_not_known_before_a_dataset_is_built_is_said():
    own = {"data.name": "folder", "data.view": "all", "protocol.name": "lovo"}
    with pytest.raises(UserError, match="it is not known how many"):
        expected.folds(of(default.get_config(), **own))
