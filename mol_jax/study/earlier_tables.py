"""The tables of a finished run that is predicted again: what they held is kept where it changes."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from mol_jax.errors import UserError
from mol_jax.files import earlier
from mol_jax.scoring.predictions import Prediction, Predictions, read_predictions

NAMES = ("predictions.csv", "dense.csv", "samples.csv", "selected.csv", "flow_svm.csv")


class Tables:
    """Copies of a workdir's tables while they may be written over; the equal ones go again."""

    def __init__(self, folder: Path):
        """Notes which tables there are in `folder`."""
        self._paths = [folder / name for name in NAMES if (folder / name).is_file()]
        self._copies: dict[Path, Path] = {}

    def __enter__(self) -> "Tables":
        for path in self._paths:
            copy = earlier.name_of(path)
            self._copies[path] = copy
            try:
                shutil.copyfile(path, copy)
            except OSError as error:
                self.__exit__()
                raise UserError(
                    f"{path} cannot be kept as {copy.name} ({error.strerror}), so nothing is "
                    "written over: make room or let it be read, and run again."
                ) from error
        return self

    def __exit__(self, *_: object) -> None:
        for path, copy in tuple(self._copies.items()):
            if not copy.exists() or (path.exists() and path.read_bytes() == copy.read_bytes()):
                copy.unlink(missing_ok=True)
                del self._copies[path]

    def sentences(self) -> list[str]:
        """Says of the tables that were there which changed; for after they are written."""
        same = [path.name for path in self._paths if path not in self._copies]
        said = [f"as before, to the last digit: {', '.join(same)}."] if same else []
        return said + [self._sentence(path, copy) for path, copy in self._copies.items()]

    def _sentence(self, path: Path, copy: Path) -> str:
        more = f" ({_difference(copy, path)})" if path.name == "predictions.csv" else ""
        return f"NOTE: {path.name} is NOT as it was before{more}: that is kept as {copy.name}."


def _difference(before: Path, now: Path) -> str:
    """Says how far the predictions of two tables are apart."""
    try:
        held = read_predictions(before)
    except UserError:
        return "which could not be read"
    found = read_predictions(now)
    old, new = _by_video(held), _by_video(found)
    both = old.keys() & new.keys()
    parts = [f"{sum(old[key].pred != new[key].pred for key in both)} of {len(both)} predicted "]
    parts[0] += "classes differ"
    if held.classes == found.classes:
        parts.append(f"probabilities differ by up to {_furthest(old, new, both):.2g}")
    parts += [f"{n} are no longer there" for n in [len(old.keys() - new.keys())] if n]
    parts += [f"{n} are new" for n in [len(new.keys() - old.keys())] if n]
    return ", ".join(parts)


def _by_video(table: Predictions) -> dict[tuple, Prediction]:
    return {(row.trial, row.seed, row.fold, *row.video): row for row in table.rows}


def _furthest(old: dict[tuple, Prediction], new: dict[tuple, Prediction], both: set) -> float:
    def apart(one: Sequence[float], other: Sequence[float]) -> float:
        return max((abs(a - b) for a, b in zip(one, other, strict=False)), default=0.0)

    return max((apart(old[key].probs, new[key].probs) for key in both), default=0.0)
