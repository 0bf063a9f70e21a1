"""The C library told to keep the memory that an update frees: the next one asks for it again.

XLA on a CPU takes its big buffers anew in every update. glibc maps such a block from the kernel and
unmaps it when it is freed, so every update pays for the page faults of all of its memory
(`python -m benchmarks.malloc`). XLA's blocks are taken by threads of its own. The heap of a thread
ends at 64 MiB and what is larger is mapped, whatever M_MMAP_MAX says, so all threads share one.
"""

import ctypes
import os

# From glibc's malloc.h; mallopt(3).
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX, _ARENA_MAX = -1, -2, -4, -8
_NEVER = -1
PAD = 64 << 20  # bytes that the heap grows by at least
_CHOSEN = (
    "MALLOC_ARENA_MAX",
    "MALLOC_MMAP_MAX_",
    "MALLOC_MMAP_THRESHOLD_",
    "MALLOC_TRIM_THRESHOLD_",
)


def keep_memory() -> bool:
    """Makes this process keep what it frees; returns whether it does.

    To be called before JAX starts its threads. Does nothing where the C library is not glibc
    or the environment chooses for itself (MALLOC_MMAP_MAX_ and its kin, GLIBC_TUNABLES).
    """
    if any(name in os.environ for name in _CHOSEN) or _tuned():
        return False
    try:
        library = ctypes.CDLL(None)
        library.gnu_get_libc_version  # noqa: B018  others have a mallopt with other numbers
        mallopt = library.mallopt
    except (AttributeError, OSError, TypeError):  # musl, macOS, Windows
        return False
    settings = ((_ARENA_MAX, 1), (_MMAP_MAX, 0), (_TRIM_THRESHOLD, _NEVER), (_TOP_PAD, PAD))
    return all([mallopt(name, value) == 1 for name, value in settings])  # all are tried


def _tuned() -> bool:
    return "glibc.malloc." in os.environ.get("GLIBC_TUNABLES", "")
