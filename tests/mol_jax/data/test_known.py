"""How many folds a protocol makes, before its dataset is built."""

import pytest

from configs import cross, default
from mol_jax.data import known, load
from mol_jax.errors import UserError
from tests.mol_jax import tiny


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
        (default, {"protocol.name": "all"}, 1),
        (default, {"data.name": "composite", "data.view": "megc2019"}, 68),
        (cross, {}, 1),
    ],
)
def test_folds_are_those_of_the_protocol(config, changes, folds):
    assert known.folds_of(of(config.get_config(), **changes)) == folds


def test_what_is_not_known_before_a_dataset_is_built_is_said():
    own = {"data.name": "folder", "data.view": "all", "protocol.name": "lovo"}
    with pytest.raises(UserError, match="it is not known how many"):
        known.folds_of(of(default.get_config(), **own))


def test_what_only_the_built_dataset_tells_is_read_from_it(monkeypatch):
    config = of(default.get_config(), **{"data.name": "folder", "data.view": "all"})
    monkeypatch.setattr(load, "load", lambda *_: tiny.dataset())
    assert known.sizes(config) == (3, 12, 3)
    assert known.sizes(config, clips=66) == (3, 66, 3)
    unread = of(default.get_config(), **{"data.name": "casme2"})
    monkeypatch.setattr(load, "load", None)
    assert known.sizes(unread) == (5, 246, 26)
    assert known.sizes(config, classes=3, clips=66, folds=11) == (3, 66, 11)


def test_before_it_is_built_a_dataset_is_the_published_one_unless_other_clips_are_allowed():
    config = of(default.get_config(), **{"data.name": "composite", "data.view": "megc2019"})
    assert known.before_built(config) == (3, 442, 68)
    config.data.allow_count_mismatch = True
    assert known.before_built(config) is None


def test_what_is_not_built_is_said_with_what_to_give(tmp_path):
    changes = {"data.name": "folder", "data.view": "all", "data.dir": str(tmp_path)}
    with pytest.raises(UserError, match=r"how many classes .*--classes=NUMBER.*built") as error:
        known.sizes(of(default.get_config(), **changes))
    assert "\n" not in str(error.value)
