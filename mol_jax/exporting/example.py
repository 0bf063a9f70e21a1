"""An input and what the models say of it, beside an export, so that anybody can check theirs."""

import dataclasses
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mol_jax.exporting import function
from mol_jax.files.whole import write_bytes
from mol_jax.predicting.models.model import Model

FILE = "example.npz"  # input_<name> of each argument, expected_<name> of each output
CLIPS = 2
TOLERANCE = 1e-5  # of a largest value; float32 adds in another order elsewhere
Arrays = dict[str, NDArray[Any]]


@dataclasses.dataclass(frozen=True)
class Example:
    """Noise, and what `Model.predict` says of it: it checks arithmetic and shows nobody's face.

    given: by argument, in the function's order. expected: by output.
    """

    given: Arrays
    expected: Arrays

    def largest_difference(self, found: Mapping[str, Any]) -> float:
        """Returns the largest difference of an output, as a share of its largest value (of 1)."""
        shares = [
            np.abs(np.asarray(found[name]) - value).max() / max(1.0, float(np.abs(value).max()))
            for name, value in self.expected.items()
        ]
        return float(max(shares))


def make(model: Model) -> Example:
    """Returns the example of a run, always the same."""
    rng = np.random.default_rng(0)
    given = {name: _noise(rng, leaf) for name, leaf in function.shapes(model, CLIPS).items()}
    said = model.predict(function.table(model.program, given))
    found = {name: getattr(said, name) for name in function.OUTPUTS}
    return Example(given, {name: leaf for name, leaf in found.items() if leaf is not None})


def write(folder: Path, example: Example) -> None:
    """Writes `FILE`. Raises UserError where it cannot be written."""
    held = io.BytesIO()
    arrays: dict[str, Any] = {f"input_{name}": leaf for name, leaf in example.given.items()}
    arrays |= {f"expected_{name}": leaf for name, leaf in example.expected.items()}
    np.savez_compressed(held, **arrays)
    write_bytes(folder / FILE, held.getvalue())


def _noise(rng: np.random.Generator, leaf: Any) -> NDArray[Any]:
    if np.issubdtype(leaf.dtype, np.integer):
        return rng.integers(0, 256, leaf.shape).astype(leaf.dtype)
    return rng.normal(size=leaf.shape).astype(leaf.dtype)
