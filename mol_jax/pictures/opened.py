"""A finished run opened to be drawn: its clips, its networks, and whose faces may be shown."""

import dataclasses
import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from ml_collections import ConfigDict

from mol_jax import settings
from mol_jax.data.clips import Dataset
from mol_jax.dense.videos import Key
from mol_jax.errors import UserError
from mol_jax.pictures.maps.backdrop import Backdrop, backdrop
from mol_jax.pictures.trained import Trained
from mol_jax.reporting.finished_run import Run
from mol_jax.scoring import mark
from mol_jax.text.words import nearest


@dataclasses.dataclass(frozen=True, eq=False)
class Opened:
    """All that a picture is made of.

    networks: of the first seed, a fold each. faces: rows of the table whose faces may be shown, or
    None. place: the folder of the pictures. clips, fold: what was asked for, () and "" for the
    pictures' own choice. most: clips of a class that maps are means of, 0 for all.
    """

    run: Run
    config: ConfigDict
    dataset: Dataset
    networks: Sequence[Trained]
    faces: set[int] | None
    place: Path
    clips: Sequence[Key] = ()
    fold: str = ""
    most: int = 0

    @property
    def classes(self) -> tuple[str, ...]:
        """Returns the names of the classes."""
        return self.dataset.classes

    @property
    def label(self) -> np.ndarray:
        """Returns the class of each clip, int [N]."""
        return np.asarray(self.dataset.table.label)

    @functools.cached_property
    def person(self) -> np.ndarray:
        """Returns whose each clip is, [N]."""
        return np.array([name.person for name in self.dataset.names])

    @functools.cached_property
    def tested(self) -> np.ndarray:
        """Returns the rows that some network was tested on, sorted, int [R]."""
        rows = [one.fold.test for one in self.networks]
        return np.sort(np.concatenate(rows)).astype(np.int32) if rows else np.zeros(0, np.int32)

    def network_of(self, row: int) -> Trained:
        """Returns the network that was tested on a row."""
        return next(one for one in self.networks if row in one.fold.test)

    def figure(self, name: str) -> Path:
        """Returns the file of a picture."""
        return self.place / "figures" / f"{name}.png"

    def note(self, rows: Sequence[int] | np.ndarray) -> str:
        """Returns what must stand on a picture of these clips, "" for nothing."""
        names = [self.dataset.names[row] for row in rows]
        return mark.short({"n_clips": len(names), **mark.counted(names)})

    @functools.cached_property
    def backdrop(self) -> Backdrop:
        """Returns what maps are drawn over."""
        side = settings.aligned_size(self.config)
        crop = self.config.data.crop
        return backdrop(self.dataset, side=side, crop=crop, shown=self.faces)

    def apart(self) -> float | None:
        """Returns how far the networks' probabilities are from those of predictions.csv at most.

        None where nothing can be compared: nothing was classified, or a video's prediction is a
        mean over its phases.
        """
        seed = self.config.seeds[0]
        held = {
            (row.dataset, row.subject, row.clip): row.probs
            for row in self.run.predictions.rows
            if row.seed == seed
        }
        if not self.run.on("mer") or not held or self.config.predict.phases == "all":
            return None
        most = 0.0
        for one in self.networks:
            rows = np.asarray(one.fold.test, np.int32)
            if not len(rows):
                continue
            found = one.probabilities(rows)
            names = [self.dataset.names[row] for row in rows]
            before = [held[name.dataset, name.subject, name.clip] for name in names]
            most = max(most, float(np.abs(found - np.array(before)).max()))
        return most

    def chosen(self, rows: np.ndarray) -> np.ndarray:
        """Returns at most `most` rows of each class, evenly from first to last; all of 0."""
        if not self.most:
            return rows
        kept = []
        for number in range(len(self.classes)):
            of = rows[self.label[rows] == number]
            kept.append(
                of[np.unique(np.linspace(0, len(of) - 1, min(self.most, len(of)), dtype=int))]
            )
        return np.sort(np.concatenate(kept))


def pick_fold(networks: Sequence[Trained], name: str) -> Trained:
    """Returns the network of a fold, the first where no name is given."""
    if not name:
        return networks[0]
    folds = [one.fold.name for one in networks]
    if name not in folds:
        raise UserError(
            f"--fold is {name!r}, which is no fold with weights: did you mean "
            f"{nearest(name, folds)!r}?"
        )
    return networks[folds.index(name)]
