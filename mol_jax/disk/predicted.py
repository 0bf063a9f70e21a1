"""predicted.npz: what a replica predicts of its held-out videos, and whose predictions they are."""

from pathlib import Path

import numpy as np

from mol_jax.disk.checksums import refuse_other
from mol_jax.networks.mol.measures import VideoErrors

Predicted = tuple[VideoErrors, bool]  # the bool: whether predictions and weights are finite


def write(path: Path, predicted: Predicted, *, of: str, run: str) -> None:
    """Writes the file, whole or not at all; zip has a checksum of each array.

    of, run: as of `checksums.write`. Raises OSError where it cannot be written.
    """
    errors, finite = predicted
    values = {name: value for name, value in vars(errors).items() if value is not None}
    partial = path.with_name(f"{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            np.savez(file, finite=finite, of=of, run=run, **values)
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def read(path: Path, *, of: str, run: str) -> Predicted:
    """Reads the file; an array of a task that is off is None.

    Raises DamagedError where it is of another replica or run; for a damaged archive whatever NumPy
    and zip raise.
    """
    fields = VideoErrors.__dataclass_fields__
    with np.load(path) as held:
        refuse_other(str(held["of"]), str(held["run"]), of=of, run=run)
        values = {name: held[name] for name in fields if name in held}
        return VideoErrors(**(dict.fromkeys(fields) | values)), bool(held["finite"])


def same(one: Predicted, other: Predicted) -> bool:
    """Tells whether two predictions are the same bits; NaN equals NaN."""
    pairs = zip(vars(one[0]).values(), vars(other[0]).values(), strict=True)
    return one[1] == other[1] and all(
        (a is None) == (b is None) and (a is None or np.array_equal(a, b, equal_nan=True))
        for a, b in pairs
    )
