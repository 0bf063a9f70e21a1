"""A slip in the environment is one sentence; what is right starts."""

import configparser
import os
import re
import subprocess
import sys
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import pytest

from mol_jax.errors import UserError
from mol_jax.training import backend
from mol_jax.training.devices import count_cores

ROOT = Path(__file__).parents[3]
PROGRAM = (
    "import sys\n"
    "from mol_jax.errors import exit_code\n"
    "from mol_jax.training import backend\n"
    "sys.exit(exit_code(lambda: backend.start() or 0, stopped=''))\n"
)
NO_CUDA = pytest.mark.skipif(bool(find_spec("jax_plugins")), reason="JAX has a part for GPUs")


def started(program=PROGRAM, **environment):
    clean = {n: v for n, v in os.environ.items() if not n.startswith(("JAX_", "XLA_"))}
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=clean | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"JAX_NUM_CPU_DEVICES": "x"}, ['Invalid value "x"', "JAX_NUM_CPU_DEVICES=x"]),
        pytest.param(
            {"JAX_PLATFORMS": "nonsense"}, ["'nonsense'", "mend or leave"], marks=pytest.mark.slow
        ),
        pytest.param(
            {"JAX_PLATFORMS": "cuda"},
            ['for an NVIDIA GPU: pip install -e ".[cuda13]"', "leave JAX_PLATFORMS=cuda out"],
            marks=[pytest.mark.slow, NO_CUDA],
        ),
        pytest.param(
            {"XLA_FLAGS": "--bad_flag"},
            ["XLA_FLAGS='--bad_flag' (Unknown flag in XLA_FLAGS: --bad_flag)"],
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_slip_is_one_sentence(environment, words):
    done = started(**environment)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert all(word in done.stderr for word in words)


@pytest.mark.slow
def test_flags_that_xla_takes_start():
    done = started(XLA_FLAGS="--xla_cpu_enable_fast_math=false")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("environment", "count"),
    [
        ({}, count_cores()),
        ({"JAX_NUM_CPU_DEVICES": "1"}, 1),
        ({"XLA_FLAGS": "--xla_force_host_platform_device_count=3"}, 3),
    ],
)
def test_each_core_is_a_device_unless_told(environment, count):
    program = PROGRAM.replace("sys.exit(", "ended = (") + (
        "import jax\nprint(ended, len(jax.local_devices()))\n"
    )
    assert started(program, **environment).stdout == f"0 {count}\n"


def test_a_gpu_that_jax_cannot_use_is_said_with_what_to_install(monkeypatch):
    monkeypatch.setenv("JAX_PLATFORMS", "cuda")
    said = str(backend._not_started(AssertionError()))
    assert said.startswith("JAX does not start here (AssertionError: a part of it is not installed")
    assert 'for an NVIDIA GPU: pip install -e ".[cuda13]" in this project' in said
    assert "leave JAX_PLATFORMS=cuda out" in said


def test_the_flag_of_fake_devices_costs_no_process(monkeypatch):
    calls = []

    def run(*_, **__):
        calls.append(1)
        return subprocess.CompletedProcess([], 1, "", "F1126 x.cc:1] Unknown flag in X: --bad\nY")

    monkeypatch.setattr(backend.subprocess, "run", run)
    for flags in ("", " ", "--xla_force_host_platform_device_count=8"):
        backend._try_flags(flags)
    assert not calls
    with pytest.raises(UserError, match=r"count=x' \(Unknown flag in X: --bad\); mend it"):
        backend._try_flags("--xla_force_host_platform_device_count=x")
    assert calls


def test_what_is_to_be_installed_is_an_extra_of_this_project_and_of_jax():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    ours, jaxs = setup["options.extras_require"], metadata.metadata("jax").get_all("Provides-Extra")
    assert re.fullmatch(r'pip install -e "\.\[cuda13\]"', backend.INSTALL)
    for name in ("cuda12", "cuda13"):
        assert ours[name].split() == [f"jax[{name}]>=0.10.2"] and name in jaxs
    assert "jax>=0.10.2" in setup["options"]["install_requires"].split()
