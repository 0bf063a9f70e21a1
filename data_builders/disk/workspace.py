"""A place to make something that appears whole or not at all."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

PREFIX = ".building-"
LOCK = ".lock"  # in a workspace, locked by its process for as long as that lives


@contextlib.contextmanager
def workspace(folder: Path) -> Iterator[Path]:
    """A temporary folder inside `folder`, gone afterwards whatever happens.

    Inside it, so that what was made is moved to its place there by a rename within one file system.
    Folders that had to be made for it are removed again where nothing was left in them. A killed
    process cannot clean up: the next one that works in `folder` does.

    Raises:
      OSError: if the folder cannot be written.
    """
    made = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    work = lock = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        remove_abandoned(folder)
        work, lock = _make(folder)
        yield work
    finally:
        if work is not None:
            shutil.rmtree(work, ignore_errors=True)  # NFS keeps a file that is open: the lock
        if lock is not None:
            os.close(lock)
        if work is not None and work.exists():
            shutil.rmtree(work)
        for parent in made:
            with contextlib.suppress(OSError):  # not empty: something was made in it
                parent.rmdir()


def remove_abandoned(folder: Path) -> None:
    """Removes the workspaces in `folder` that no living process holds."""
    for work in folder.glob(f"{PREFIX}*"):
        if work.is_symlink():
            continue
        with contextlib.suppress(OSError):
            work.rmdir()  # killed before it had a lock
        with contextlib.suppress(OSError):  # held, or the file system knows no locks
            lock = os.open(work / LOCK, os.O_RDWR)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(work, ignore_errors=True)
            finally:
                os.close(lock)


def _make(folder: Path) -> tuple[Path, int]:
    """A new workspace and its locked file."""
    while True:
        work = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder))
        try:
            lock = os.open(work / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except FileNotFoundError:  # another process took it for abandoned just then
            continue
        with contextlib.suppress(OSError):  # the file system knows no locks: nobody cleans up
            fcntl.flock(lock, fcntl.LOCK_EX)
        if (work / LOCK).exists():
            return work, lock
        os.close(lock)
