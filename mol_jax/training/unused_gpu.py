"""A GPU that is there, or was asked for, and is not used."""

import os
from pathlib import Path

from mol_jax.training.backend import GPU, INSTALL

SIGNS = ("/proc/driver/nvidia/gpus", "/dev/nvidia0", "/dev/dxg")  # Linux's driver, and WSL2's


def note(backend: str) -> str:
    """Returns a sentence for a user whose GPU is left idle by mistake, "" for anybody else.

    backend: what JAX computes on. Nobody is told who chose the CPU, by JAX_PLATFORMS, or hid the
    GPUs, by CUDA_VISIBLE_DEVICES. Who asked for a GPU by JAX_PLATFORMS and for another platform in
    its place is told that it is the other: JAX goes on to that without a word.
    """
    asked = os.environ.get("JAX_PLATFORMS", "")
    if backend == "cpu" and asked.lower().startswith(GPU):
        return (
            f"NOTE: JAX_PLATFORMS={asked} asks for a GPU first, and JAX sees none here: everything "
            "is computed on the CPU."
        )
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES", "all").strip() in ("", "-1")
    if backend != "cpu" or asked or hidden or not _is_there():
        return ""
    return (
        "NOTE: this machine has an NVIDIA GPU, and the JAX installed here computes on the CPU: "
        f"{INSTALL} in this project's folder lets it use the GPU, and this line then names it; "
        "with an older driver that JAX refuses, cuda12 in its place "
        "(https://docs.jax.dev/en/latest/installation.html)."
    )


def _is_there() -> bool:
    return any(_filled(Path(sign)) for sign in SIGNS)


def _filled(path: Path) -> bool:
    """Tells whether there is something: the driver's folder stays when no GPU is left."""
    try:
        return any(path.iterdir()) if path.is_dir() else path.exists()
    except OSError:
        return False
