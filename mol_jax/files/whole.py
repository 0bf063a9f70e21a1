"""Files written whole or not at all, and text read with a sentence where it is none."""

import contextlib
import csv
import errno
import io
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from mol_jax.errors import UserError


def write_bytes(path: str | Path, content: bytes) -> None:
    """Writes a file whole or not at all: what was there before survives a full disk."""
    path = Path(path)
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(content)
        os.replace(partial, path)
    except OSError as error:
        with contextlib.suppress(OSError):  # the error to tell about is the first one
            partial.unlink(missing_ok=True)
        raise UserError(f"{path} could not be written ({_cause(path, error)}") from error


def _cause(path: Path, error: OSError) -> str:
    """Returns the end of a sentence: why a file could not be written, and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"{error.strerror}): free some space or choose another folder, and run again"
    if path.is_dir():
        return "it is a folder): name a file"
    return f"{error.strerror}): mend that or choose another folder, and run again"


def write_text(path: str | Path, content: str) -> None:
    """Writes a text file in UTF-8, whole or not at all."""
    write_bytes(path, content.encode())


def write_table(path: str | Path, header: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    """Writes a CSV file, whole or not at all."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(lines)
    write_text(path, table.getvalue())


def read_text(path: str | Path) -> str:
    """Reads a text file. Raises UserError where there is none or it is not text."""
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"{path} is not a text file: expected UTF-8 text") from None
    except OSError as error:
        raise UserError(f"{path} could not be read ({error.strerror}): check the path") from None


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Writes a JSON file, whole or not at all."""
    write_text(path, json.dumps(content, indent=2, allow_nan=False) + "\n")
