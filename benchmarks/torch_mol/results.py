"""What the commands beside PyTorch are given and write: numbers above 0, versions, a .json file."""

import argparse
import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mol_jax.errors import UserError
from mol_jax.files.whole import write_text

PACKAGES = ("jax", "jaxlib", "flax", "torch", "numpy")


def count(text: str) -> int:
    """Returns a flag's whole number above 0."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:7]) <= 10**6:
        raise argparse.ArgumentTypeError(f"got {text!r}, expected a whole number above 0")
    return int(text)


def versions() -> dict[str, str]:
    """Returns the versions of Python and of what computes."""
    return {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}


def write(path: Path, results: dict[str, Any]) -> None:
    """Writes results whole. Raises UserError for a name that is not a .json file's."""
    if path.suffix != ".json":
        raise UserError(f"--out is {path}; it must name a .json file.")
    write_text(path, json.dumps(results, indent=1) + "\n")
