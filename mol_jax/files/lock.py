"""A folder held by one process, where the file system knows locks."""

import errno
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mol_jax.errors import UserError

# Lustre as it is mounted by default, some NFS, sshfs and other FUSE file systems.
NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL, errno.ENOTTY)


@contextmanager
def locked(folder: Path) -> Iterator[str]:
    """Makes `folder` if need be, and keeps other processes out of it.

    Yields "", or a sentence for the user where the file system knows no locks. Raises UserError
    where another process holds the folder or nothing can be written in it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("w")
    except OSError as error:
        raise UserError(
            f"cannot write in {folder} ({error.strerror}); choose another --workdir."
        ) from error
    with lock:
        yield _take(lock.fileno(), folder)


def _take(lock: int, folder: Path) -> str:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UserError(
            f"another process is at work in {folder}; wait for it, or choose another --workdir."
        ) from None
    except OSError as error:
        if error.errno in NO_LOCKS:
            return (
                f"NOTE: this file system knows no locks ({error.strerror}), so nothing keeps two "
                f"jobs from writing in {folder} at once: start only one there."
            )
        raise UserError(f"cannot lock {folder} ({error.strerror}); mend the disk.") from error
    return ""
