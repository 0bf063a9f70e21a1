"""What a result was measured on: the card, its driver, versions, settings; no host name."""

import os
import platform
import re
from importlib import metadata
from typing import Any

import jax

from mol_jax.study.versions import git_commit
from mol_jax.training.devices import computed_on

PACKAGES = ("jax", "jaxlib", "jax-cuda12-plugin", "jax-cuda13-plugin", "flax", "optax", "numpy")
PACKAGES += ("torch",)
# How much of a card JAX takes at its start. PyTorch and child processes need the rest.
FRACTION = "XLA_PYTHON_CLIENT_MEM_FRACTION"
SHARE, CHILDS_SHARE = ".60", ".30"


def leave_room() -> None:
    """Makes JAX take a part of a card that leaves room for PyTorch; to be called before it starts.

    What the environment says stands.
    """
    os.environ.setdefault(FRACTION, SHARE)


def describe() -> dict[str, Any]:
    """Returns the facts, with the card's name as "device"."""
    device, computed = jax.local_devices()[0], computed_on()
    stats = device.memory_stats() or {}
    return {
        "device": device.device_kind,
        "platform": device.platform,
        "devices": jax.local_device_count(),
        "memory_gib": round(stats["bytes_limit"] / 2**30, 1) if "bytes_limit" in stats else None,
        "memory_fraction": os.environ.get(FRACTION, ""),
        "driver": computed["driver"] or None,
        "runtime": " ".join(device.client.platform_version.split()),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None,
        "python": platform.python_version(),
        "versions": _versions(),
        "xla_flags": _flags(os.environ.get("XLA_FLAGS", "")),
        "matmul_precision": computed["matmul_precision"],
        "compile_cache": bool(jax.config.jax_compilation_cache_dir),
        "commit": git_commit(),
    }


def _versions() -> dict[str, str]:
    installed = {one.name for one in metadata.distributions()}
    return {name: metadata.version(name) for name in PACKAGES if name in installed}


def _flags(flags: str) -> str:
    """Returns XLA_FLAGS without the folders that some of them name."""
    return " ".join(re.sub(r"=\S*/\S*", "=…", flag) for flag in flags.split())
