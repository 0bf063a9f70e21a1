"""Strict settings for every test: eight fake devices, no silent rank or dtype promotion."""

import gc
import importlib.metadata
import os
import re
import signal
from pathlib import Path

# The second flag halves what compiling costs; versions after 0.10 lack it, and end at such a flag.
os.environ.setdefault(
    "XLA_FLAGS",
    "--xla_force_host_platform_device_count=8"
    + " --xla_cpu_use_fusion_emitters=false"
    * importlib.metadata.version("jaxlib").startswith("0.10."),
)
os.environ.setdefault("JAX_PLATFORMS", "cpu")
import jax
import pytest

from mol_jax.training import backend

# A shell that starts the tests in the background makes them, and what they start, deaf to Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

jax.config.update("jax_numpy_rank_promotion", "raise")
jax.config.update("jax_numpy_dtype_promotion", "strict")
# As the trainer compiles on CPUs: most of a test's time is compiling, and little is computed.
jax.config.update("jax_disable_most_optimizations", True)
jax.config.update("jax_compilation_cache_dir", str(Path(__file__).parents[1] / ".cache" / "jax"))
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.5)

# XLA has taken these flags: no command that a test calls need try them in a process of its own.
backend._KNOWN = re.compile(f"{backend._KNOWN.pattern}|{re.escape(os.environ['XLA_FLAGS'])}")

TRACED, COMPILED = "/jax/core/compile/jaxpr_trace", "/jax/core/compile/backend_compile"
spent = dict.fromkeys((TRACED, COMPILED), 0.0)  # seconds of this process, or of all its workers


@jax.monitoring.register_event_duration_secs_listener
def _spend(event, seconds, **_):
    """Adds to what was spent; a program within another is traced with it, and counted twice."""
    for name in spent:
        if event.startswith(name):
            spent[name] += seconds


def pytest_collection_finish():
    """Tells Python that what is imported stays: no search for garbage looks at it again."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session):
    """Hands what a worker of xdist spent to the process that began it."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["spent"] = spent


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """Takes what a worker spent; one that crashed has nothing to hand over."""
    for name, seconds in getattr(node, "workeroutput", {}).get("spent", {}).items():
        spent[name] += seconds


def pytest_terminal_summary(terminalreporter):
    """Says how much of the tests' time went into compiling."""
    terminalreporter.write_line(
        f"JAX traced for {spent[TRACED]:.0f} s and compiled (or read compiled) for "
        f"{spent[COMPILED]:.0f} s, in all processes of pytest"
    )
