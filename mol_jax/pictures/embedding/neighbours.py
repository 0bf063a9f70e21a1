"""Does an embedding tell who, or what? Of each clip its nearest other one: whose, and which.

A network places clips that it was trained on apart from all others. So neighbours are looked for
among clips of one status alone, and those that share neither what is asked nor the other thing:

- who: among the clips of the same class and the same status. Where all of these are one person's,
  as of held-out clips where one person at a time is left out, who cannot be told.
- what: among clips of other people that the network was trained on.
"""

import dataclasses

import numpy as np

from mol_jax.scoring.intervals import mean_interval

QUESTIONS = {
    "person": "among clips of its class and status, the nearest is of the same person",
    "class_of_others": "among trained clips of other people, the nearest is of the same class",
}


@dataclasses.dataclass(frozen=True, eq=False)
class Answers:
    """Of each of `QUESTIONS`: of R clips whether it is so, and how likely it was by chance, [R].

    rows: int [R], which clips. NaN where the answer is certain before the embedding is looked at.
    """

    rows: np.ndarray
    right: dict[str, np.ndarray]
    chance: dict[str, np.ndarray]


@dataclasses.dataclass(frozen=True)
class Share:
    """How often it is so, its 95 % interval over people, and what chance would give; fractions.

    clips: how many were asked about.
    """

    share: float
    ci95: list[float] | None
    chance: float
    clips: int


def ask(
    embedding: np.ndarray,
    label: np.ndarray,
    person: np.ndarray,
    rows: np.ndarray,
    trained: np.ndarray,
) -> Answers:
    """Returns the answers for the clips of one status, each left out of its own neighbours.

    embedding: [N, d] of all clips by one network. label, person: [N]. rows: int [R], all clips that
    the network was trained on, or all that it was not. trained: int, those that it was. The
    distance is Euclid's. Chance is the share of such clips among those that the nearest is chosen
    from.
    """
    points = embedding.astype(np.float64)
    every = np.arange(len(points))
    peers, taught = np.isin(every, rows), np.isin(every, trained)
    right: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    chance: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    for row in rows:
        away = np.linalg.norm(points - points[row], axis=1)
        alike = label == label[row]
        asked = {
            "person": (peers & alike & (every != row), person == person[row]),
            "class_of_others": (taught & (person != person[row]), alike),
        }
        for name, (among, same) in asked.items():
            places = np.flatnonzero(among)
            told = same[places].any() and not same[places].all()
            right[name].append(float(same[places[away[places].argmin()]]) if told else np.nan)
            chance[name].append(float(same[places].mean()) if told else np.nan)
    return Answers(
        np.asarray(rows),
        {name: np.array(found) for name, found in right.items()},
        {name: np.array(found) for name, found in chance.items()},
    )


def shares(answers: list[Answers], person: np.ndarray) -> dict[str, Share]:
    """Returns the shares over the answers of several networks, the interval over people.

    Of a question that no clip could be asked there is none.
    """
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
        there = count > 0
        found[name] = Share(
            float(right[asked].mean()),
            mean_interval(total[None, there], count[None, there]),
            float(chance[asked].mean()),
            int(asked.sum()),
        )
    return found
