"""A place to make something that appears whole or not at all."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def workspace(folder: Path) -> Iterator[Path]:
    """A temporary folder inside `folder`, gone afterwards whatever happens.

    Inside it, so that what was made is moved to its place there by a rename within one file system.
    Folders that had to be made for it are removed again where nothing was left in them.

    Raises:
      OSError: if the folder cannot be written.
    """
    made = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    work = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".building-", dir=folder))
        yield work
    finally:
        if work is not None:
            shutil.rmtree(work)
        for parent in made:
            with contextlib.suppress(OSError):  # not empty: something was made in it
                parent.rmdir()
