"""A function as StableHLO, which JAX, and other programs that take it, compile where they run."""

from pathlib import Path
from typing import Any

import jax
import jax.export

from mol_jax.errors import UserError
from mol_jax.exporting import function
from mol_jax.files.whole import write_bytes
from mol_jax.predicting.model import Model

FILE = "model.stablehlo"  # as jax.export writes it: StableHLO and what its arguments are
BATCH = "B is any number of clips."
PLATFORMS = ("cpu", "cuda")
INSTALL = 'pip install -e ".[stablehlo]"'


def check_installed() -> None:
    """Raises UserError where what writes the file is not there."""
    try:
        import flatbuffers  # noqa: F401, PLC0415
    except ImportError:
        raise UserError(
            "--format=stablehlo needs flatbuffers, in which JAX writes the file, and it is not "
            f"installed: {INSTALL} in this project's folder."
        ) from None


def write(model: Model, folder: Path) -> Path:
    """Writes `FILE`, of any number of clips at once.

    Raises UserError where it cannot be written.
    """
    (clips,) = jax.export.symbolic_shape("clips")
    arguments = function.shapes(model, clips).values()
    exported = jax.export.export(jax.jit(function.function(model)), platforms=PLATFORMS)(*arguments)
    write_bytes(folder / FILE, bytes(exported.serialize()))
    return folder / FILE


def call(path: Path, *arrays: Any) -> function.Said:
    """Returns what a written file says of arrays, in the order of its arguments."""
    held = jax.export.deserialize(bytearray(path.read_bytes()))
    return jax.jit(held.call)(*arrays)
