"""predicted.npz: what a replica predicts of its held-out videos, and whose predictions they are."""

from pathlib import Path
from typing import Any

import numpy as np

from mol_jax.files.checksums import refuse_other
from mol_jax.networks.network import Predicted

Tested = tuple[Predicted, bool]  # the bool: whether predictions and weights are finite
MEASURE = "measure_"  # before the name of one, as an array of the file
ARRAYS = ("probabilities", "samples", "votes")
CHOSEN_C = "chosen_c"


def write(path: Path, tested: Tested, *, of: str, run: str, chosen_c: float | None = None) -> None:
    """Writes the file, whole or not at all; zip has a checksum of each array.

    of, run: as of `checksums.write`. chosen_c: an SVM's C, where people of the fold's training rows
    chose it. Raises OSError where it cannot be written.
    """
    found, finite = tested
    arrays = _arrays(found) | ({} if chosen_c is None else {CHOSEN_C: np.float64(chosen_c)})
    partial = path.with_name(f"{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            np.savez(file, finite=finite, of=of, run=run, **arrays)
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def read(path: Path, *, of: str, run: str) -> Tested:
    """Reads the file; an array that was None is so again.

    Raises DamagedError where it is of another replica or run; for a damaged archive whatever NumPy
    and zip raise.
    """
    with np.load(path) as held:
        refuse_other(str(held["of"]), str(held["run"]), of=of, run=run)
        arrays = {name: held.get(name) for name in ARRAYS}
        measures = {
            name.removeprefix(MEASURE): held[name] for name in held if name.startswith(MEASURE)
        }
        return Predicted(measures=measures, **arrays), bool(held["finite"])


def chosen_c(path: Path) -> float | None:
    """Returns the C that was chosen, of a file that `read` takes; None where none was."""
    with np.load(path) as held:
        return float(held[CHOSEN_C]) if CHOSEN_C in held else None


def same(one: Tested, other: Tested) -> bool:
    """Tells whether two predictions are the same bits; NaN equals NaN."""
    leaves, others = _arrays(one[0]), _arrays(other[0])
    return (
        one[1] == other[1]
        and leaves.keys() == others.keys()
        and all(np.array_equal(leaf, others[name], equal_nan=True) for name, leaf in leaves.items())
    )


def _arrays(found: Predicted) -> dict[str, Any]:
    """Returns what is there by the names of the file's arrays."""
    arrays = {name: getattr(found, name) for name in ARRAYS}
    arrays |= {f"{MEASURE}{name}": column for name, column in found.measures.items()}
    return {name: array for name, array in arrays.items() if array is not None}
