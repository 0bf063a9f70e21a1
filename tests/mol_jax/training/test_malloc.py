"""Memory that is freed stays in the process."""

import json
import os
import subprocess
import sys
import textwrap

import pytest

from mol_jax.training import malloc

REPEATED = """
    import json, resource, sys, threading
    from mol_jax.training import malloc

    kept = malloc.keep_memory() if sys.argv[1] == "on" else None

    def work():
        for _ in range(8):
            bytearray(96 << 20)  # more than the heap of a thread holds

    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
    print(json.dumps([kept, faults]))
"""
CLEAN = {name: value for name, value in os.environ.items() if "MALLOC" not in name}


def run(argument: str, **environment: str) -> tuple[bool | None, int]:
    """Returns what keep_memory said in a process of its own, and the page faults there."""
    found = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(REPEATED), argument],
        env=CLEAN | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    kept, faults = json.loads(found.stdout)
    return kept, faults


@pytest.mark.skipif(not os.path.exists("/proc/self/maps"), reason="Linux has mallopt")
def test_blocks_that_are_freed_and_taken_again_are_not_faulted_in_again():
    (nothing, without), (kept, with_) = run("off"), run("on")
    assert nothing is None
    if not kept:
        pytest.skip("the C library is not glibc")
    assert with_ < without / 4
    assert with_ > 20, "the first block is faulted in"


@pytest.mark.parametrize(
    "environment",
    [
        {"MALLOC_MMAP_MAX_": "65536"},
        {"MALLOC_TRIM_THRESHOLD_": "not a number"},
        {"GLIBC_TUNABLES": "glibc.malloc.arena_max=2"},
    ],
)
def test_the_environments_own_choice_stands(environment, monkeypatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert malloc.keep_memory() is False


def test_a_c_library_without_mallopt_is_left_alone(monkeypatch):
    for name in (*CLEAN, *os.environ):
        if "MALLOC" in name or name == "GLIBC_TUNABLES":
            monkeypatch.delenv(name, raising=False)
    for library in (object(), None):
        monkeypatch.setattr(malloc.ctypes, "CDLL", lambda _, found=library: found)
        assert malloc.keep_memory() is False

    def refuse(_):
        raise OSError("no such library")

    monkeypatch.setattr(malloc.ctypes, "CDLL", refuse)
    assert malloc.keep_memory() is False
