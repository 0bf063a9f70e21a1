"""Starting workers on some cores, with or without malloc tuned, and asking them."""

import json
import os
import selectors
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from mol_jax.errors import UserError

# Freed memory stays with the process: without it every step has its large arrays mapped in anew.
MALLOC = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 40)}
# On a GPU two processes share its memory.
ALWAYS = {"XLA_PYTHON_CLIENT_PREALLOCATE": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
ROOT = Path(__file__).parents[2]


class LateError(Exception):
    """A worker did not answer in time, and was ended."""


class Worker:
    """A `worker` on the first `cores` of this process's cores, ended where its context ends.

    cache: a folder for compiled programs. cores: 0 for all. tuned: whether malloc is.
    """

    def __init__(self, cache: Path, *, cores: int = 0, tuned: bool = True):
        self._child = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.torch_mol.worker", *map(str, chosen(cores))],
            cwd=ROOT,
            env=environment(cache, tuned=tuned),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is ours, who then ends it
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        self._child.communicate()

    def ask(self, call: str, *, seconds: float | None = None, **given: Any) -> dict[str, Any]:
        """Returns what a call of the worker returned.

        seconds: to wait. Raises LateError when they are over, UserError for what the worker refuses
        or where the system ended it, RuntimeError where it failed and has printed why.
        """
        stdin, stdout = self._child.stdin, self._child.stdout
        assert stdin is not None and stdout is not None
        stdin.write(json.dumps([call, given]).encode() + b"\n")
        stdin.flush()
        with selectors.DefaultSelector() as waiting:
            waiting.register(stdout, selectors.EVENT_READ)
            if not waiting.select(seconds):
                self._child.kill()
                raise LateError
        answer = stdout.readline()
        if not answer:
            raise self._ended(call)
        found = json.loads(answer)
        if "refused" in found:
            raise UserError(found["refused"])
        return found

    def _ended(self, call: str) -> Exception:
        if self._child.wait() < 0:
            return UserError(
                f"a process was ended by signal {-self._child.returncode} while it made {call!r}, "
                "as systems do that run out of memory: give smaller --batches."
            )
        return RuntimeError(f"a process failed in {call!r}; what it printed stands above")


def environment(cache: Path, *, tuned: bool) -> dict[str, str]:
    """Returns the environment of a worker: malloc alike for both sides, programs cached."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    caches = {
        "JAX_COMPILATION_CACHE_DIR": str(cache.absolute() / "xla"),
        "TORCHINDUCTOR_CACHE_DIR": str(cache.absolute() / "inductor"),
    }
    return kept | ALWAYS | caches | (MALLOC if tuned else {})


def chosen(cores: int) -> Sequence[int]:
    """Returns the first cores of those that this process may use, none where 0 are asked for.

    Raises UserError where there are fewer, or where a system lets no process choose.
    """
    if not cores:
        return ()
    if not hasattr(os, "sched_getaffinity"):
        raise UserError("--cores needs Linux, where a process may choose its cores.")
    found = sorted(os.sched_getaffinity(0))
    if cores > len(found):
        raise UserError(f"--cores is {cores}, but there are {len(found)} here; give fewer.")
    return found[:cores]
