"""What this machine computes on, and what follows from it for a program."""

import contextlib
import os
import platform
import re
from collections.abc import Iterator
from pathlib import Path

import jax

from mol_jax.errors import UserError
from mol_jax.settings.kind import Lowering

NVIDIA = Path("/proc/driver/nvidia/version")  # of Linux's driver
OWN_CGROUP, CGROUPS = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")  # a job's or a container's


def choose_devices(count: int) -> list[jax.Device]:
    """Returns `count` devices of this machine, 0 for all. Raises UserError if there are fewer."""
    found = jax.local_devices()
    if count > len(found):
        raise UserError(
            f"runtime.devices is {count}, but there are {len(found)} here ({describe_device()}); "
            "give a smaller number, or 0 for all."
        )
    return found[: count or None]


def cores_are_devices() -> bool:
    """Tells whether JAX is started with a device for each core, where it has only the CPU.

    So it is unless the environment says how many devices a CPU is.
    """
    flags = os.environ.get("XLA_FLAGS", "")
    return "JAX_NUM_CPU_DEVICES" not in os.environ and "host_platform_device_count" not in flags


def device_memory() -> int | None:
    """Returns the bytes that a program may use on one device, None where it does not say."""
    stats = jax.local_devices()[0].memory_stats()
    return stats["bytes_limit"] if stats and "bytes_limit" in stats else None


def machine_memory() -> int | None:
    """Returns the bytes that this process may use of the machine's own memory.

    The machine's, or the limit of a container or a batch job. None where neither is told.
    """
    limits = list(_limits())
    with contextlib.suppress(AttributeError, ValueError, OSError):  # not POSIX
        limits.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return min(limits, default=None)


def _limits() -> Iterator[int]:
    """Yields the limits of memory that Linux has set for this process, of both kinds of cgroups."""
    try:
        lines = OWN_CGROUP.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        _, kinds, place = (line.split(":", 2) + ["", ""])[:3]
        if kinds not in ("", "memory"):
            continue
        name = "memory.limit_in_bytes" if kinds else "memory.max"
        folder = Path(kinds, place.lstrip("/"))
        for held in (folder, *folder.parents):  # a limit is for all below it
            with contextlib.suppress(OSError, ValueError):  # ValueError: "max", for none
                yield int((CGROUPS / held / name).read_text())


def resolve_loop(loop: str) -> str:
    """Returns "host" or "scan" for "auto".

    XLA's CPU convolutions are several times slower inside a device loop (benchmarks/README.md):
    there the host loops over one compiled step.
    """
    if loop != "auto":
        return loop
    return "host" if jax.default_backend() == "cpu" else "scan"


def resolve_lowering(group: int, *, loop: str) -> Lowering:
    """Returns what lowers convolutions where that is open: see `mol_jax.networks.convolutions`.

    "patches" in a group of replicas: kernels with a replica axis make XLA group the convolutions
    over it, and a GPU has no fast kernel for the gradients of those. "patches" where a CPU would
    loop over them. Else "auto".
    """
    looped = resolve_loop(loop) == "scan" and jax.default_backend() == "cpu"
    return "patches" if group > 1 or looped else "auto"


def describe_device() -> str:
    """Returns what is computed on, as "gpu: NVIDIA H100" or "cpu: Intel Xeon …, 2 cores"."""
    backend = jax.default_backend()
    if backend == "cpu":
        return f"cpu: {_processor()}, {_cores()}"
    devices = jax.local_devices()
    times = f"{len(devices)} × " if len(devices) > 1 else ""
    return f"{backend}: {times}{devices[0].device_kind}"


def computed_on(*, deterministic: bool = False) -> dict[str, str]:
    """Returns what a result's last digits depend on beside versions, for a run's record.

    device: as `describe_device`. driver: NVIDIA's version; "" on a CPU or where it is not said.
    matmul_precision: of products of float32 that ask for none; "default" is TF32 on NVIDIA GPUs
    since Ampere, and float32 on a CPU. kernels: "deterministic" where that was asked for; "" on a
    CPU, which knows no others. xla_flags: as XLA was given them.
    """
    on_cpu = jax.default_backend() == "cpu"
    kernels = "deterministic" if deterministic else "default"
    return {
        "device": describe_device(),
        "driver": "" if on_cpu else _driver(),
        "kernels": "" if on_cpu else kernels,
        "matmul_precision": jax.default_matmul_precision.value or "default",
        "xla_flags": os.environ.get("XLA_FLAGS", ""),
    }


def _driver() -> str:
    """Returns the version in a line such as "NVRM version: ... Kernel Module  535.54.03  Tue"."""
    try:
        text = NVIDIA.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    version = re.search(r"\s(\d+(\.\d+)+)\s", text)
    return version[1] if version else ""


def _processor() -> str:
    """Returns the model of the processor as far as the system tells."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
        models = [line.partition(":")[2] for line in text.splitlines() if "model name" in line]
    except OSError:  # not Linux
        models = []
    return " ".join((*models, platform.processor(), platform.machine(), "of no name")[0].split())


def _cores() -> str:
    count = count_cores()
    return f"{count} core{'s' * (count > 1)}"


def count_cores() -> int:
    """Returns how many cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux has it
    return len(affinity(0)) if affinity else os.cpu_count() or 1
