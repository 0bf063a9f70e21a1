"""A folder of generated files that appears when all of it is written, or not at all."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from data_builders.disk.workspace import workspace
from mol_jax.errors import UserError
from mol_jax.files.place import typed


def place(out: str | Path) -> Path:
    """The folder that is meant: '.' and links cannot be replaced by a rename.

    Raises:
      UserError: if it is none, or would lie in a file.
    """
    if not str(out):
        raise UserError("out is empty; name a folder that does not exist yet.")
    folder = Path(os.path.realpath(typed(str(out), "out")))
    for parent in folder.parents:
        if os.path.lexists(parent):
            if not os.path.isdir(parent):
                raise UserError(f"{parent} is a file; choose a place for {out} in a folder.")
            break
    return folder


def refuse_filled(root: Path) -> None:
    """Raises UserError for a place that is no empty folder."""
    try:
        filled = os.path.lexists(root) and (not root.is_dir() or any(root.iterdir()))
    except OSError as error:
        raise UserError(
            f"cannot read {root} ({error.strerror or error}); choose another folder."
        ) from error
    if filled:
        raise UserError(f"{root} is not an empty folder; choose one that does not exist yet.")


@contextlib.contextmanager
def whole(out: Path) -> Iterator[Path]:
    """Yields an empty folder that becomes `out` at the end, and is gone if there is an error.

    Raises:
      UserError: if it cannot be written, as on a full disk.
    """
    try:
        with workspace(out.parent) as work:
            tree = work / "tree"  # not the workspace, which only its owner may enter
            tree.mkdir()
            yield tree
            if out.exists():
                out.rmdir()
            tree.rename(out)
    except OSError as error:
        raise UserError(
            f"cannot write {out} ({error.strerror or error}); make room or choose another folder."
        ) from error
