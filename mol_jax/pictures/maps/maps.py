"""By what a class hangs, place by place: saliency and occlusion over held-out clips.

Every clip is seen by the network of its own fold, which was not trained on its person.
"""

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np

from mol_jax.pictures.maps.inputs import on_picture
from mol_jax.pictures.trained import Trained
from mol_jax.scoring.intervals import mean_interval

FEWEST = 5  # people
GRID = 8  # cells along a side that are greyed one after the other


@dataclasses.dataclass(frozen=True, eq=False)
class OfClips:
    """A map of each of R held-out clips, [R, h, w], which rows of the table they are, and whose.

    rows, label: int [R]. person: [R].
    """

    maps: np.ndarray
    rows: np.ndarray
    label: np.ndarray
    person: np.ndarray

    def of_class(self, number: int) -> "OfClips":
        """Returns the clips of one class."""
        return self.where(self.label == number)

    def where(self, chosen: np.ndarray) -> "OfClips":
        """Returns some of the clips."""
        return OfClips(
            self.maps[chosen], self.rows[chosen], self.label[chosen], self.person[chosen]
        )

    def sure(self) -> np.ndarray:
        """Returns where the 95 % interval of the mean over people has no 0 in it, bool [h, w].

        False everywhere of fewer than five people, whose interval says nothing: all of them on one
        side of 0 are no rarity. Each place is for itself: of 64, three are so by chance.
        """
        people, whose = np.unique(self.person, return_inverse=True)
        if len(people) < FEWEST:
            return np.zeros(self.maps.shape[1:], bool)
        count = np.bincount(whose, minlength=len(people))[None]
        flat = self.maps.reshape(len(self.maps), -1).T
        found = []
        for values in flat:
            total = np.bincount(whose, values, minlength=len(people))
            bounds = mean_interval(total[None], count)
            found.append(bounds is not None and (bounds[0] > 0 or bounds[1] < 0))
        return np.array(found).reshape(self.maps.shape[1:])


def saliency(
    networks: Sequence[Trained],
    label: np.ndarray,
    person: np.ndarray,
    rows: np.ndarray,
    of: tuple[str, ...],
) -> dict[str, OfClips]:
    """Returns |∂ logit of the true class / ∂ input| of held-out clips, by the input's name.

    label, person: [N], of all clips. rows: which are asked for. of: inputs that are pictures. The
    mean over frames and channels, per pixel; of a gradient that is 0 everywhere, as of what is
    read as a target only, there is nothing.
    """
    found: dict[str, list[np.ndarray]] = {name: [] for name in of}
    order = []
    for one, mine in _each(networks, rows):
        gradients = one.gradients(mine, label[mine], of)
        for name in of:
            found[name].append(on_picture(name, np.abs(gradients[name])))
        order.append(mine)
    at = np.concatenate(order)
    maps = {name: np.concatenate(parts) for name, parts in found.items()}
    return {
        name: OfClips(of_input, at, label[at], person[at])
        for name, of_input in maps.items()
        if of_input.any()
    }


def occlusion(
    networks: Sequence[Trained],
    label: np.ndarray,
    person: np.ndarray,
    rows: np.ndarray,
    of: tuple[str, ...],
    grid: int = GRID,
) -> OfClips:
    """Returns how far the true class's probability falls with each cell greyed, [R, grid, grid].

    As `saliency`; a cell is grey in all frames of all of the inputs `of` at once. Above 0 the cell
    spoke for the class, below 0 against it.
    """
    maps, order = [], []
    for one, mine in _each(networks, rows):
        whole = np.take_along_axis(one.probabilities(mine), label[mine, None], axis=1)
        hidden = one.hidden(mine, label[mine], of, grid)
        maps.append((whole - hidden).reshape(-1, grid, grid))
        order.append(mine)
    at = np.concatenate(order)
    return OfClips(np.concatenate(maps), at, label[at], person[at])


def _each(networks: Sequence[Trained], rows: np.ndarray) -> Iterator[tuple[Trained, np.ndarray]]:
    """Yields each network with those of the rows that it was tested on."""
    for one in networks:
        mine = np.array([row for row in one.fold.test if row in rows], np.int32)
        if len(mine):
            yield one, mine
