"""Checksums beside what is saved: a folder's files are whole, and belong to who reads them.

    final/checksums.json   {"of": "trial0/seed0/sub01", "run": "…", "files": {"d/e3d6…": "…"}}

A single file has its own in NAME.sha256. All are SHA-256, so that a byte that changed on a disk or
on its way is noticed before it becomes a prediction. `of` and `run` tell whole ones apart that were
swapped.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mol_jax.files.whole import write_text

NAME = "checksums.json"


class DamagedError(Exception):
    """Something saved is not as it was written, or is another's. The message ends a sentence."""


def write(folder: Path, *, of: str, run: str) -> None:
    """Writes the checksums of every file below a folder.

    of: the replica whose files they are. run: what tells its settings and data from others.
    Raises UserError where they cannot be written, OSError where a file cannot be read.
    """
    files = {path.relative_to(folder).as_posix(): digest(path) for path in _files(folder)}
    write_text(folder / NAME, json.dumps({"of": of, "run": run, "files": files}, indent=1) + "\n")


def check(folder: Path, *, of: str, run: str) -> None:
    """Raises DamagedError unless every file is as `write` found it, for the same replica and run.

    Raises OSError where a file is there and cannot be read.
    """
    held = _read(folder / NAME)
    refuse_other(held["of"], held.get("run"), of=of, run=run)
    for name, expected in held["files"].items():
        if not (folder / name).is_file():
            raise DamagedError(f"its file {name} is missing")
        if digest(folder / name) != expected:
            raise DamagedError(f"its file {name} is not as it was saved: the checksums differ")


def publish(partial: Path, path: Path, *, of: str) -> None:
    """Renames a finished file to `path`, whose checksum is in a file beside it.

    The file of before still counts as whole, should the process be killed in between.
    """
    both = [digest(file) for file in (partial, path) if file.exists()]
    write_text(_beside(path), json.dumps({"of": of, "files": both}) + "\n")
    os.replace(partial, path)


def check_file(path: Path, *, of: str) -> None:
    """Raises DamagedError unless a file is as `publish` left it, for the same replica."""
    held = _read(_beside(path), kind=list)
    if held["of"] != of:
        raise DamagedError(f"it is of {held['of']}, not of {of}")
    if digest(path) not in held["files"]:
        raise DamagedError("it is not as it was saved: the checksums differ")


def refuse_other(held_of: str, held_run: Any, *, of: str, run: str) -> None:
    """Raises DamagedError where something was saved for another replica or in another run."""
    if held_of != of:
        raise DamagedError(f"it is of {held_of}, not of {of}")
    if held_run != run:
        raise DamagedError("it is of a run with other settings or other data")


def digest(path: Path) -> str:
    """Returns the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _files(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != NAME)


def _read(path: Path, kind: type = dict) -> dict[str, Any]:
    """Reads a file of checksums. Raises DamagedError unless it is one."""
    try:
        held = json.loads(path.read_text())
        if isinstance(held["of"], str) and isinstance(held["files"], kind) and held["files"]:
            return held
    except FileNotFoundError:
        raise DamagedError(f"{path.name} is missing, which tells whether it is whole") from None
    except (ValueError, TypeError, KeyError):
        pass
    raise DamagedError(f"{path.name} is damaged, which tells whether it is whole")
