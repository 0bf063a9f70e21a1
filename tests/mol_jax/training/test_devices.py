"""What a run says of the machine it ran on."""

import os

from mol_jax.training import devices, footprint
from tests.mol_jax import tiny


def test_a_processor_has_a_name_and_cores():
    text = devices.describe_device()
    assert text.startswith("cpu: ") and text != "cpu: cpu"
    assert f", {len(os.sched_getaffinity(0))} core" in text


def test_a_processor_without_a_name_is_still_described(monkeypatch):
    monkeypatch.setattr(devices, "Path", lambda _: _Unreadable())
    assert ", " in devices.describe_device()


class _Unreadable:
    def read_text(self, **_):
        raise OSError


def test_parameters_are_those_of_the_network():
    state = footprint.shapes(tiny.program(), clips=2)[-1]
    leaves = [leaf.size for leaf in footprint.jax.tree.leaves(state.params)]
    assert footprint.parameters(tiny.program()) == sum(leaves) > 1000
