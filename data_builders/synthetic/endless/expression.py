"""What a clip shows: its class, the action units that move, and how far each does."""

import dataclasses

import numpy as np

from data_builders.casme2.views import FIVE, THREE, THREE_MAPPING
from data_builders.synthetic.drawing.action_units import EMOTIONS, UNITS

NUMBERS = tuple(UNITS)  # of the action units, in the order of a vector of them

# The class of each emotion of `action_units.EMOTIONS`, by the classes that a network knows.
CLASSES: dict[tuple[str, ...], dict[str, str]] = {
    THREE: THREE_MAPPING | {"sadness": "negative", "fear": "negative"},
    FIVE: {emotion: emotion for emotion in FIVE},
}
# The emotion that a unit speaks for where units are mixed at random.
SPEAKS = {
    1: "surprise", 2: "surprise", 4: "disgust", 6: "happiness", 7: "disgust", 9: "disgust",
    12: "happiness", 14: "repression", 15: "repression", 17: "repression", 20: "fear",
    26: "surprise",
}  # fmt: skip
CLEAR = 2 / 3  # of all strength: a class that has as much is the clip's
MOST = 4  # units at random
LOW, HIGH = 0.006, 0.032  # brow spans of peak motion: 0.8 to 4.5 px of a face 140 px wide


@dataclasses.dataclass(frozen=True)
class Shown:
    """The class of a clip, and the peak motion of each unit that moves, brow spans."""

    label: int
    strengths: dict[int, float]


def draw_shown(rng: np.random.Generator, classes: tuple[str, ...], mixed: float) -> Shown:
    """Returns what a clip shows: every class equally often.

    mixed: the share of clips whose units are drawn at random, until `class_of` says that they are
    of the class; the others show a prototype of `action_units.EMOTIONS`.
    """
    label = int(rng.integers(len(classes)))
    peak = float(np.exp(rng.uniform(np.log(LOW), np.log(HIGH))))
    drawn = _prototype
    if rng.uniform() < mixed:
        drawn = _at_random
    shares = drawn(rng, classes, classes[label])
    return Shown(label, {unit: peak * share for unit, share in shares.items()})


def class_of(shares: dict[int, float], classes: tuple[str, ...]) -> str | None:
    """Returns the class of units with these strengths, None where they are of none.

    Units that are a prototype's are of its class. Of others, each speaks for the class of one
    emotion (`SPEAKS`), and a class with two thirds of all strength has it. What has no such class
    is "others" where there is that class.
    """
    mapping = CLASSES[classes]
    for emotion, sets in EMOTIONS.items():
        if emotion in mapping and tuple(sorted(shares)) in sets:
            return mapping[emotion]
    said: dict[str | None, float] = {}
    for unit, share in shares.items():
        name = mapping.get(SPEAKS[unit])
        said[name] = said.get(name, 0.0) + share
    name = max(said, key=lambda key: said[key])
    if name is not None and said[name] >= CLEAR * sum(shares.values()):
        return name
    return "others" if "others" in classes else None


def _prototype(rng: np.random.Generator, classes: tuple[str, ...], wanted: str) -> dict:
    mapping = CLASSES[classes]
    sets = [units for e, shown in EMOTIONS.items() if mapping.get(e) == wanted for units in shown]
    return {unit: float(rng.uniform(0.7, 1.0)) for unit in sets[rng.integers(len(sets))]}


def _at_random(rng: np.random.Generator, classes: tuple[str, ...], wanted: str) -> dict:
    while True:
        units = np.sort(rng.choice(NUMBERS, int(rng.integers(1, MOST + 1)), replace=False))
        shares = rng.uniform(0.3, 1.0, len(units))
        shares /= shares.max()
        drawn = dict(zip(units.tolist(), shares.tolist(), strict=True))
        if class_of(drawn, classes) == wanted:
            return drawn


def vector(strengths: dict[int, float]) -> np.ndarray:
    """Returns the strengths as float32 [12], in the order of `NUMBERS`, 0 for what is still."""
    return np.array([strengths.get(unit, 0.0) for unit in NUMBERS], np.float32)
