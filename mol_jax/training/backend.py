"""JAX started so that a slip in the environment is one sentence, no traceback and no abort."""

import contextlib
import os
import re
import subprocess
import sys

from mol_jax.errors import UserError

# The one flag that everybody sets; any other is tried in a process of its own.
_KNOWN = re.compile(r"\s*(--xla_force_host_platform_device_count=\d{1,4}\s*)?")
_TRIAL = "import jax; jax.local_devices()"
GPU = ("cuda", "gpu", "rocm")  # as JAX_PLATFORMS names them
INSTALL = 'pip install -e ".[cuda13]"'  # an extra of setup.cfg, as the checkout is installed


def start(platforms: str | None = None) -> None:
    """Imports JAX and starts its devices.

    platforms: as JAX_PLATFORMS, which it then overrides; None for what that or JAX says.
    Raises UserError where JAX does not start.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # else XLA reports its slow compiles
    try:
        import jax  # noqa: PLC0415  its errors are to be caught
    except Exception as error:  # it reads the environment while it is imported
        raise _not_started(error) from error
    _try_flags(os.environ.get("XLA_FLAGS", ""))
    try:
        if platforms is not None:
            jax.config.update("jax_platforms", platforms)
        _split_cpu()
        jax.local_devices()
    except Exception as error:  # JAX has no error of its own for this
        raise _not_started(error) from error


def _split_cpu() -> None:
    """Makes each core of a CPU a device: replicas that have one each finish sooner.

    A second thread gains an update of a small network nothing (benchmarks/README.md).
    """
    import jax  # noqa: PLC0415

    from mol_jax.training import devices  # noqa: PLC0415  it imports JAX

    if devices.cores_are_devices():
        with contextlib.suppress(RuntimeError):  # JAX was started before
            jax.config.update("jax_num_cpu_devices", devices.count_cores())


def _try_flags(flags: str) -> None:
    """Raises UserError where XLA would abort this process over its flags."""
    if _KNOWN.fullmatch(flags):
        return
    own = {name: value for name, value in os.environ.items() if not name.startswith("JAX_")}
    done = subprocess.run(
        [sys.executable, "-c", _TRIAL],
        env=own | {"JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise UserError(
            f"XLA does not take XLA_FLAGS={flags!r} ({_reason(done.stderr)}); mend it, or leave it "
            "out."
        )


def _reason(text: str) -> str:
    """Returns the line in which XLA says what is wrong."""
    lines = [line.rpartition("] ")[2].strip() for line in text.splitlines()]
    said = [line for line in lines if re.search(r"unknown flag|couldn't|could not", line, re.I)]
    return said[0][:200] if said else "it ends the process"


def _not_started(error: Exception) -> UserError:
    lines = str(error).strip().splitlines()
    said = lines[0][:300] if lines else f"{type(error).__name__}: a part of it is not installed"
    asked = os.environ.get("JAX_PLATFORMS", "").lower()
    names = sorted(n for n in os.environ if n.startswith(("JAX_", "XLA_", "CUDA_VISIBLE")))
    values = ", ".join(f"{name}={os.environ[name]}" for name in names)
    advice = f"mend or leave out what the environment sets ({values})" if names else "install it"
    if any(name in asked.split(",") for name in GPU):
        advice = (
            f"for an NVIDIA GPU: {INSTALL} in this project's folder; without one, leave "
            f"JAX_PLATFORMS={asked} out or set it to cpu"
        )
    return UserError(f"JAX does not start here ({said}); {advice}.")
