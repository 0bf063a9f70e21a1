"""Does an embedding tell who, or what? Of each clip its nearest other one: whose, and which."""

import dataclasses

import numpy as np

from mol_jax.scoring.intervals import mean_interval

QUESTIONS = {
    "person": "the nearest other clip is of the same person",
    "class": "the nearest other clip is of the same class",
    "class_of_others": "the nearest clip of another person is of the same class",
}


@dataclasses.dataclass(frozen=True, eq=False)
class Answers:
    """Of each of `QUESTIONS`: of R clips whether it is so, and how likely it was by chance, [R].

    rows: int [R], which clips.
    """

    rows: np.ndarray
    right: dict[str, np.ndarray]
    chance: dict[str, np.ndarray]


@dataclasses.dataclass(frozen=True)
class Share:
    """How often it is so, its 95 % interval over people, and what chance would give; fractions."""

    share: float
    ci95: list[float] | None
    chance: float


def ask(embedding: np.ndarray, label: np.ndarray, person: np.ndarray, rows: np.ndarray) -> Answers:
    """Returns the answers for some clips, each left out of its own neighbours.

    embedding: [N, d] of all clips by one network. label, person: [N]. rows: int [R]. The distance
    is Euclid's. Chance is the share of such clips among those that the nearest is chosen from.
    """
    points = embedding.astype(np.float64)
    right: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    chance: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    for row in rows:
        away = np.linalg.norm(points - points[row], axis=1)
        others = np.arange(len(points)) != row
        for name in QUESTIONS:
            among = others & (person != person[row]) if name == "class_of_others" else others
            same = (person if name == "person" else label) == (
                person if name == "person" else label
            )[row]
            places = np.flatnonzero(among)
            if not len(places):
                right[name].append(np.nan)
                chance[name].append(np.nan)
                continue
            right[name].append(float(same[places[away[places].argmin()]]))
            chance[name].append(float(same[places].mean()))
    return Answers(
        np.asarray(rows),
        {name: np.array(found) for name, found in right.items()},
        {name: np.array(found) for name, found in chance.items()},
    )


def shares(answers: list[Answers], person: np.ndarray) -> dict[str, Share]:
    """Returns the shares over the answers of several networks, the interval over people."""
    rows = np.concatenate([one.rows for one in answers])
    people, whose = np.unique(person[rows], return_inverse=True)
    found = {}
    for name in QUESTIONS:
        right, chance = (
            np.concatenate([getattr(one, key)[name] for one in answers])
            for key in ("right", "chance")
        )
        asked = ~np.isnan(right)
        if not asked.any():
            continue
        total = np.bincount(whose[asked], right[asked], minlength=len(people))
        count = np.bincount(whose[asked], minlength=len(people))
        found[name] = Share(
            float(right[asked].mean()),
            mean_interval(total[None], count[None]),
            float(chance[asked].mean()),
        )
    return found
