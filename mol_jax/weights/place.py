"""Where weights are: a file, the run that made them, or a name under which a file was put away.

    path/to/NAME.safetensors              a file
    path/to/a/run                         weights.safetensors in it, which mol_jax.pretrain writes
    NAME                                  ~/.cache/mol_jax/weights/NAME.safetensors, or one of the
                                          package's own, mol_jax/weights/files/NAME.safetensors

To put a file away is to copy it there. Nothing is ever fetched.
"""

import os
from pathlib import Path

from mol_jax.errors import UserError
from mol_jax.files import place
from mol_jax.text.words import shortened
from mol_jax.weights.file import SUFFIX

OF_RUN = f"weights{SUFFIX}"
CACHE = Path("~/.cache/mol_jax/weights")
OWN = Path(__file__).parent / "files"


def find(text: str, flag: str = "init.weights") -> Path:
    """Returns the file that is meant; it is there, and not read yet.

    text: as it was typed. flag: where.
    Raises UserError where there is none, or for an address, a study or a folder without weights.
    """
    if "://" in text:
        raise UserError(
            f"{flag} is {text}, but nothing is fetched here: download the file yourself, and give "
            "its path."
        )
    path = place.typed(text, flag)
    if path.is_dir():
        return _of_folder(path, flag)
    if path.exists():
        return path
    is_name = path.name == text and not text.endswith(SUFFIX)
    if not is_name:
        raise UserError(
            f"{flag} is {text}, which is not there; give a {SUFFIX} file, a run of "
            "mol_jax.pretrain, or the name of weights that were put away."
        )
    for folder in folders():
        if (folder / f"{text}{SUFFIX}").is_file():
            return folder / f"{text}{SUFFIX}"
    there = sorted(file.stem for folder in folders() for file in folder.glob(f"*{SUFFIX}"))
    known = f"there are {shortened(there, between=', ')}" if there else "there are none yet"
    raise UserError(
        f"{flag} is {text!r}, which is no file here and no name in {CACHE} ({known}); copy the "
        f"file to {CACHE}/{text}{SUFFIX}, or give its path."
    )


def folders() -> tuple[Path, ...]:
    """Returns the folders that names are looked up in, the user's before the package's."""
    return Path(os.path.expanduser(CACHE)), OWN


def _of_folder(folder: Path, flag: str) -> Path:
    if (folder / OF_RUN).is_file():
        return folder / OF_RUN
    if (folder / "checkpoints").is_dir() and (folder / "config.json").is_file():
        raise UserError(
            f"{flag} is {folder}, a study: each of its folds has weights of its own, which have "
            "seen all but the persons that it tests; give a run of mol_jax.pretrain."
        )
    raise UserError(
        f"{flag} is {folder}, a folder without {OF_RUN}; give a run of mol_jax.pretrain or a "
        f"{SUFFIX} file."
    )
