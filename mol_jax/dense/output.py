"""Where the commands write: a new folder of its own, so that no file is mixed up or written over.

Pictures of faces do not go among the files of a run, which are made to be shared.
"""

import os
from pathlib import Path

from mol_jax.errors import UserError


def check_new(folder: Path) -> None:
    """Raises UserError unless `--out` is a folder that is not there yet, or an empty one."""
    for path in (folder, *folder.parents):
        if os.path.lexists(path) and not os.path.isdir(path):
            what = "a file" if path == folder else f"below {path}, which is a file"
            raise UserError(f"--out={folder} is {what}; name a folder, a new or an empty one.")
    try:
        empty = not os.path.isdir(folder) or not os.listdir(folder)
    except OSError as error:
        raise UserError(
            f"--out={folder} cannot be read ({error.strerror}); name a new or an empty "
            "folder of yours."
        ) from None
    if not empty:
        raise UserError(
            f"--out={folder} is not empty; choose another, so that no file is mixed up or written "
            "over."
        )


def refuse_inside_a_run(folder: Path, *runs: Path) -> None:
    """Raises UserError where pictures of faces would get in among the files of a run."""
    real = Path(os.path.realpath(folder))  # resolve() raises over a loop of links
    places = (real, *real.parents)
    inside = [place for place in places if os.path.exists(place / "config.json")]
    inside += [run for run in runs if Path(os.path.realpath(run)) in places]
    if inside:
        raise UserError(
            f"--out={folder} is in {inside[0]}, a run's folder, whose files are made to be shared; "
            "choose a place of its own for pictures of faces."
        )
