"""The learned spotter of a run: one file beside its weights, and when it may be used."""

import dataclasses
import hashlib
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mol_jax.errors import UserError
from mol_jax.files.whole import read_text, write_text
from mol_jax.spotting import known

if TYPE_CHECKING:
    from mol_jax.predicting.models.model import Model

NAME = "learned"
FILE = Path("spotter") / "learned.json"
MAKES = "python -m mol_jax.learned --workdir={} --videos=DIR makes it"
LINE = ("mean", "scale", "weights")  # a number for each feature
NUMBERS = ("bias", "threshold", "duration", "stride")


@dataclasses.dataclass(frozen=True)
class Learned:
    """A logistic regression on the features of a window (`predicting.features`).

    mean, scale, weights: [f]; features are standardised by the first two. threshold: of the
    probability. duration, stride: of the windows, s. of: SHA-256 of the run's weights. temperature:
    of its probabilities. trained: what on. fitted: how well, people left out. tested: its figures
    on other videos, in the order of `known.COLUMNS` after the name; None where it is not tested.
    tested_on_drawn: whether all of those were drawn by a program.
    """

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    threshold: float
    duration: float
    stride: float
    of: str
    temperature: float | None
    trained: dict[str, Any]
    fitted: dict[str, Any]
    tested: tuple[float, ...] | None = None
    tested_on_drawn: bool = True

    def probability(self, features: np.ndarray) -> np.ndarray:
        """Returns the probability [W] that the middle of a window is in a micro-expression."""
        scaled = (features - np.array(self.mean)) / np.array(self.scale)
        return 1 / (1 + np.exp(-np.clip(scaled @ np.array(self.weights) + self.bias, -500, 500)))

    @property
    def line(self) -> str:
        """Says in one line how often it is wrong."""
        if self.tested is not None:
            return known.line(NAME, self.tested, generated=self.tested_on_drawn)
        return (
            f"spotted by {NAME}: how often it is wrong has NOT been measured; python -m "
            "mol_jax.learned with --test=DIR measures it"
        )


def fingerprint(model: "Model") -> str:
    """Returns the SHA-256 of all weights of a run's models."""
    import jax  # noqa: PLC0415  a bad flag is refused before

    found = hashlib.sha256()
    for one in model.members:
        found.update(f"{one.seed}/{one.fold}".encode())
        for leaf in jax.tree.leaves((one.state.params, one.state.collections)):
            found.update(np.ascontiguousarray(leaf).tobytes())
    return found.hexdigest()


def refuse_absent(run: Path) -> None:
    """Raises UserError where a run has no learned spotter."""
    if not (run / FILE).is_file():
        raise UserError(f"{run} has no learned spotter ({FILE}): {MAKES.format(run)}")


def write(spotter: Learned, run: Path) -> Path:
    """Writes the file, whole; returns where."""
    text = json.dumps(dataclasses.asdict(spotter), indent=1, allow_nan=False)
    (run / FILE).parent.mkdir(exist_ok=True)
    write_text(run / FILE, text + "\n")
    return run / FILE


def read(model: "Model") -> Learned:
    """Returns the learned spotter of a run.

    Raises UserError where it is absent, damaged, of other weights, or of other probabilities.
    """
    run = model.about.run
    refuse_absent(run)
    try:
        spotter = _parsed(json.loads(read_text(run / FILE)))
    except (ValueError, TypeError, KeyError) as error:
        if isinstance(error, UserError):
            raise
        raise UserError(f"{run / FILE} is damaged ({error!r}): {MAKES.format(run)} anew") from error
    if spotter.of != fingerprint(model):
        raise UserError(
            f"{run / FILE} was learned from other weights than those of {run}: "
            f"{MAKES.format(run)} anew"
        )
    if spotter.temperature != model.about.temperature:
        raise UserError(
            f"{run / FILE} was learned at the temperature {spotter.temperature} and the run is now "
            f"calibrated to {model.about.temperature}: give the same --calibrate as then, or "
            f"{MAKES.format(run)} anew"
        )
    return spotter


def _parsed(held: dict[str, Any]) -> Learned:
    """Returns what a file holds. Raises ValueError, TypeError or KeyError where it is damaged."""
    lists = {name: tuple(map(float, held[name])) for name in LINE}
    numbers = {name: float(held[name]) for name in NUMBERS}
    if held["tested"] is not None:
        held["tested"] = tuple(map(float, held["tested"]))
        if len(held["tested"]) != len(known.COLUMNS) - 1:
            raise ValueError("tested")
    if type(held["tested_on_drawn"]) is not bool:
        raise ValueError("tested_on_drawn")
    every = [*numbers.values(), *(value for line in lists.values() for value in line)]
    if len({len(line) for line in lists.values()}) != 1 or not all(map(math.isfinite, every)):
        raise ValueError("its numbers")
    return Learned(**{**held, **lists, **numbers})
