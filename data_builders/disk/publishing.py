"""From a finished build to the dataset in its place, and what may be wrong with a disk."""

import contextlib
import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from mol_jax.errors import UserError


@contextlib.contextmanager
def explained(data_dir: Path) -> Iterator[None]:
    """Raises UserError for a full disk and for files that cannot be read or written."""
    try:
        yield
    # The record writer is C++ and raises RuntimeError for everything: only its text tells.
    except (OSError, RuntimeError) as error:
        if os.strerror(errno.ENOSPC) in str(error):
            raise UserError(
                f"the disk of {data_dir} is full: free some space, or give another --data_dir"
            ) from error
        codes = (errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EIO, errno.EACCES, errno.ESTALE)
        said = [os.strerror(code) for code in codes if os.strerror(code) in str(error)]
        if not (said or isinstance(error, OSError)):
            raise
        place = getattr(error, "filename", None) or data_dir
        reason = said[0] if said else getattr(error, "strerror", None) or error
        raise UserError(
            f"{place}: {reason}; the source must be readable and {data_dir} writable: check both, "
            "or give another --data_dir"
        ) from error


EARLIER = ".earlier-"  # before a version's folder: what it was before it is built over


def publish(built: Path, work: Path, data_dir: Path) -> Path:
    """Moves a finished dataset from the workspace to its place, over an earlier one.

    A kill leaves the earlier one beside its place, where `mend` finds it.
    """
    place = data_dir / built.relative_to(work)
    earlier = place.with_name(EARLIER + place.name)
    place.parent.mkdir(parents=True, exist_ok=True)
    with _alone(place.parent):
        try:
            if place.exists():
                place.rename(earlier)
            built.rename(place)
        finally:  # also after Ctrl-C
            _mend(place.parent)
    return place


def mend(folder: Path) -> None:
    """Finishes what a kill stopped `publish` in, for the versions in `folder`."""
    if any(folder.glob(f"{EARLIER}*")):
        with _alone(folder):
            _mend(folder)


def _mend(folder: Path) -> None:
    for earlier in folder.glob(f"{EARLIER}*"):
        place = earlier.with_name(earlier.name.removeprefix(EARLIER))
        if place.exists():
            shutil.rmtree(earlier, ignore_errors=True)
        else:
            earlier.rename(place)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keeps other builds from publishing into `folder`, where the file system knows locks."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)
