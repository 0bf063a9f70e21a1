"""A path as it was typed, refused before any work where nothing can lie there."""

import os
import unicodedata
from pathlib import Path

from mol_jax.errors import UserError

LONGEST_NAME = 255  # bytes: what common file systems take
LONGEST_PATH = 4096 - 512  # bytes: Linux takes 4096; the rest is for what lies below


def checked(text: str, flag: str = "--workdir") -> Path:
    """Returns the path of a workdir, ~ expanded. Brackets, spaces, quotes and * are fine.

    Raises UserError for an address of the web or a bucket, and as `typed`.
    """
    if "://" in text:
        raise UserError(
            f"{flag} is {text}, but a run lies in a folder of this machine; give a path, and copy "
            "the folder when the run is finished."
        )
    return typed(text, flag)


def typed(text: str, flag: str) -> Path:
    """Returns a path of any kind that will be written to, ~ expanded.

    flag: where it was typed, as "--out" or "data.dir".

    Raises UserError for a path that is empty, that cannot be printed in one line or written as
    UTF-8, a ~name that has no home, and one that is too long.
    """
    if not text:
        raise UserError(f"{flag} is empty; give a path.")
    shown = ascii(text)
    if any(unicodedata.category(sign) in ("Cc", "Zl", "Zp") for sign in text):
        raise UserError(
            f"{flag} is {shown}, with a line break or a sign that cannot be printed; leave it out."
        )
    if any(0xD800 <= ord(sign) <= 0xDFFF for sign in text):
        raise UserError(f"{flag} is {shown}, which is not UTF-8; give a name that is.")
    path = Path(os.path.expanduser(text))  # Path's own raises over an unknown ~name
    if str(path).startswith("~"):
        raise UserError(f"there is no home folder for {path}; give a {flag} without ~.")
    _refuse_long(path, flag)
    return path


def look(folder: Path) -> tuple[bool, str]:
    """Tells whether a folder holds a run, and else why none may start there, "" if one may.

    Raises OSError where the folder cannot be read.
    """
    if (folder / "config.json").exists():
        return True, ""
    if folder.is_symlink() and not folder.exists():
        return False, f"{folder} is a link to nothing; mend it, or choose another --workdir."
    if not folder.exists():
        return False, ""
    if not folder.is_dir():
        return False, f"{folder} is a file and holds no run; give the name of a folder."
    if any(path.name != ".lock" for path in folder.iterdir()):
        return False, (
            f"{folder} is not empty and holds no run (no config.json); choose another --workdir."
        )
    return False, ""


def _refuse_long(path: Path, flag: str) -> None:
    name = max((len(os.fsencode(part)) for part in path.parts), default=0)
    whole = len(os.fsencode(os.path.abspath(path)))
    if name > LONGEST_NAME:
        raise UserError(
            f"{flag} has a name of {name} bytes, and file systems take {LONGEST_NAME}; give a "
            "shorter one."
        )
    if whole > LONGEST_PATH:
        raise UserError(
            f"{flag} is {whole} bytes long, and at most {LONGEST_PATH} leave room for what lies "
            "below; give a shorter one."
        )
