"""What a run's weights come from tells it from others; how it is run does not."""

import pytest

from mol_jax.data.identity import identity
from tests.mol_jax import tiny

DATA = tiny.dataset().fingerprint


@pytest.mark.parametrize("changes", [{"optim.learning_rate": 2e-3}, {"train.steps": 25}])
def test_other_settings_are_another_run(changes):
    assert identity(tiny.config(**changes), DATA) != identity(tiny.config(), DATA)


def test_other_data_are_another_run():
    other = DATA | {"content_crc32": "12345678"}
    assert identity(tiny.config(), other) != identity(tiny.config(), DATA)


def test_another_file_of_weights_is_another_run():
    config = tiny.config(**{"init.weights": "w.safetensors"})
    one, other, none = (identity(config, DATA, weights=sha256) for sha256 in ("aa", "bb", ""))
    assert len({one, other, none, identity(tiny.config(), DATA)}) == 4


@pytest.mark.parametrize(
    "changes",
    [{"runtime.group": 3}, {"data.dir": "moved"}, {"protocol.only": ("sub1",)}],
)
def test_how_a_run_is_run_is_no_part_of_it(changes):
    assert identity(tiny.config(**changes), DATA) == identity(tiny.config(), DATA)


def test_a_whole_number_is_written_either_way():
    """As a workdir takes 1 and 1.0 for the same setting."""
    one, other = tiny.config(), tiny.config()
    with other.unlocked(), other.optim.unlocked():
        other.optim._fields["learning_rate"] = 1
        one.optim._fields["learning_rate"] = 1.0
    assert identity(one, DATA) == identity(other, DATA)
