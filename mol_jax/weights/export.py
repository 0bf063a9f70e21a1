"""Weights of a run written to a file of their own, which can be given away."""

import dataclasses
from pathlib import Path

from mol_jax.errors import UserError
from mol_jax.weights import file
from mol_jax.weights.file import SUFFIX, Dtype, Weights


def export(source: Path, out: Path, *, dtype: Dtype | None = None, licence: str = "") -> Weights:
    """Writes the weights in `source` to `out`, which must be new; returns them as read back.

    dtype: None for that of the source. licence: of the weights, instead of what their card says.

    Raises UserError where the source cannot be read, the place is taken or has another ending, or
    float32 is asked of numbers that were rounded to bfloat16.
    """
    check_place(out)
    held = file.read(source)
    if dtype == "float32" and held.dtype == "bfloat16":
        raise UserError(
            f"{source} was rounded to bfloat16, and float32 would not bring back what was lost; "
            "leave --dtype out, or export the run itself."
        )
    card = dataclasses.replace(held.card, licence=licence) if licence else held.card
    file.write(out, held.params, held.collections, card, dtype=dtype or held.dtype)
    return file.read(out)


def check_place(out: Path) -> None:
    """Raises UserError unless a file of weights may be written there."""
    if out.suffix != SUFFIX:
        raise UserError(f"--out is {out}; give it the ending {SUFFIX}.")
    if out.exists() or out.is_symlink():
        raise UserError(f"--out is {out}, which is there already; choose another name.")
