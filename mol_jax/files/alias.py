"""A second name for a folder whose own has signs that Orbax takes for a pattern.

Orbax looks for a checkpoint's files with `glob`, to which "[mer] study" is no name of a folder.
"""

import glob
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def without_patterns(path: Path) -> Iterator[Path]:
    """Yields `path`, by a name without * ? [ where it has some; its folder is made if need be.

    Raises OSError where that is not possible.
    """
    if not glob.has_magic(str(path)):
        yield path
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mol_jax_alias_") as held:
        alias = Path(held, "folder")
        alias.symlink_to(path.parent.absolute())
        yield alias / path.name
