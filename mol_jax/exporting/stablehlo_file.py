"""A function as StableHLO, which JAX, and other programs that take it, compile where they run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax
import jax.export

from mol_jax.errors import UserError
from mol_jax.exporting import function
from mol_jax.files.whole import write_bytes
from mol_jax.predicting.models.model import Model

FILE = "model.stablehlo"  # as jax.export writes it: StableHLO and what its arguments are
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


def write(model: Model, folder: Path) -> tuple[Path, str]:
    """Writes `FILE`; returns it, and what B may be.

    Any number, where nothing of the network needs to know it; else it is 1.
    Raises UserError where it cannot be written.
    """
    (clips,) = jax.export.symbolic_shape("clips")
    try:
        exported, batch = _exported(model, clips), function.ANY
    except Exception:  # of any kind; what is not for want of a number is raised again below
        exported, batch = _exported(model, 1), function.ONE
    write_bytes(folder / FILE, bytes(exported.serialize()))
    return folder / FILE, batch


def _exported(model: Model, clips: Any) -> jax.export.Exported:
    arguments = function.shapes(model, clips).values()
    return jax.export.export(jax.jit(function.function(model)), platforms=PLATFORMS)(*arguments)


def call(path: Path, given: Mapping[str, Any]) -> function.Said:
    """Returns what a written file says of arrays [B, ...], by the names of its arguments."""
    held = jax.export.deserialize(bytearray(path.read_bytes()))
    said = jax.jit(held.call)
    if held.in_avals[0].shape[0] == 1:
        return function.one_by_one(lambda one: said(*one.values()), given)
    return said(*given.values())
