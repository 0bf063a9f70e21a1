"""How many devices a study uses."""

import jax
import pytest

from mol_jax.study import auto_group, engines
from mol_jax.training import footprint
from tests.mol_jax import tiny

SIZES = {"clips": 12, "classes": 3}


@pytest.fixture
def memory(monkeypatch):
    """Sets the machine's memory, of which one replica takes so many parts; None: it is not told."""
    config = tiny.config()
    one = footprint.estimate(config, **SIZES, lower=lambda group: "auto").device(1)

    def set_to(parts):
        size = None if parts is None else int(2 * (parts + 0.5) * one)
        monkeypatch.setattr(auto_group, "machine_memory", lambda: size)
        return config

    monkeypatch.setattr(engines, "cores_are_devices", lambda: True)
    return set_to


@pytest.mark.parametrize(
    ("parts", "replicas", "used"), [(0, 9, 1), (1, 9, 1), (3, 9, 3), (99, 9, 8), (3, 2, 2)]
)
def test_cores_are_used_as_far_as_half_the_memory_holds_their_replicas(
    memory, parts, replicas, used
):
    config = memory(parts)
    assert engines.count_devices(config, **SIZES, replicas=replicas) == used


def test_what_is_asked_for_or_told_is_used(memory, monkeypatch):
    config = memory(1)
    assert engines.count_devices(config, **SIZES, replicas=9) == 1
    config.runtime.devices = 5
    assert engines.count_devices(config, **SIZES, replicas=9) == 5
    config.runtime.devices = 0
    memory(None)
    assert engines.count_devices(config, **SIZES, replicas=9) == len(jax.local_devices()) == 8
    memory(1)
    monkeypatch.setattr(engines, "cores_are_devices", lambda: False)
    assert engines.count_devices(config, **SIZES, replicas=9) == 8
