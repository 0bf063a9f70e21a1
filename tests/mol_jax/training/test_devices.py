"""What a run says of the machine it ran on."""

import os

import jax
import pytest

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


def test_what_a_result_depends_on_is_recorded(monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", "--xla_force_host_platform_device_count=8")
    recorded = devices.computed_on()
    assert recorded == {
        "device": devices.describe_device(),
        "driver": "",
        "kernels": "",
        "matmul_precision": "default",
        "xla_flags": "--xla_force_host_platform_device_count=8",
    }
    with jax.default_matmul_precision("highest"):
        assert devices.computed_on()["matmul_precision"] == "highest"
    monkeypatch.delenv("XLA_FLAGS")
    assert devices.computed_on()["xla_flags"] == ""


def test_kernels_of_a_gpu_are_recorded_as_they_were_asked_for(monkeypatch):
    assert devices.computed_on(deterministic=True)["kernels"] == ""  # a CPU has no others
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    assert devices.computed_on(deterministic=True)["kernels"] == "deterministic"
    assert devices.computed_on()["kernels"] == "default"


@pytest.mark.parametrize(
    ("own", "limits", "memory"),
    [
        ("0::/job/step\n", {"job/step/memory.max": "max", "job/memory.max": "4000"}, 4000),
        ("0::/\n", {"memory.max": "3000"}, 3000),
        ("0::/\n", {"memory.max": "max"}, None),
        ("0::/\n", {}, None),
        ("5:cpu:/\n4:memory:/a\n", {"memory/a/memory.limit_in_bytes": "2000"}, 2000),
        ("4:memory:/a\n", {"memory/memory.limit_in_bytes": "9223372036854771712"}, None),
        ("nothing of the kind", {}, None),
        (None, {}, None),
    ],
)
def test_a_container_has_its_own_memory(monkeypatch, tmp_path, own, limits, memory):
    if own is not None:
        (tmp_path / "own").write_text(own)
    for place, limit in limits.items():
        (tmp_path / "all" / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "all" / place).write_text(f"{limit}\n")
    monkeypatch.setattr(devices, "OWN_CGROUP", tmp_path / "own")
    monkeypatch.setattr(devices, "CGROUPS", tmp_path / "all")
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert devices.machine_memory() == (memory or whole)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        (
            "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.54.03  Tue Jun  6 22:20:39 UTC\n"
            "GCC version:  gcc version 12.2.0 (Debian 12.2.0-14)\n",
            "535.54.03",
        ),
        (
            "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  550.163.01  Release Build\n",
            "550.163.01",
        ),
        ("nothing of the kind", ""),
        (None, ""),
    ],
)
def test_the_driver_of_a_gpu_is_recorded(monkeypatch, tmp_path, text, version):
    if text is not None:
        (tmp_path / "version").write_text(text)
    monkeypatch.setattr(devices, "NVIDIA", tmp_path / "version")
    assert devices.computed_on()["driver"] == ""  # of a CPU nobody asks
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    assert devices.computed_on()["driver"] == version
