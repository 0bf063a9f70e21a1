"""Aligned examples of faces that move, each a pure function of a seed and its number."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from data_builders.casme2.views import THREE
from data_builders.pixels import flow as flows
from data_builders.synthetic.endless import detected, expression, filming
from data_builders.synthetic.endless.draws import CLIP, PERSON, Draws
from data_builders.synthetic.endless.person import draw_person
from data_builders.synthetic.endless.variety import Variety
from mol_jax.errors import UserError

# Of what is drawn: the same arguments and version give the same examples on one machine; another
# processor may round otherwise, by a grey level here and there.
VERSION = 2
FLOWS = ("exact", *flows.METHODS)
LANDMARKS = ("exact", "dlib")
STRIDE = 1_000_003  # between the numbers of two people's clips: nobody has as many
LIMITS = (
    ("seed", 0, 2**32 - 1),
    ("identities", 1, 10**9),
    ("clips", 1, 10**6),
    ("frames", 2, 64),
    ("size", 36, 576),
    ("first", 0, 10**12),
)


@dataclasses.dataclass(frozen=True)
class Example:
    """One clip of t frames, as an aligned record has them.

    frames: uint8 [t, S, S], grey. flow: float16 [t-1, S, S, 2], (u, v) px from each frame to the
    next. landmarks: float32 [t, 68, 2], (x, y) px. label: index into the stream's classes. aus:
    float32 [12], the peak motion in px of each unit of `expression.NUMBERS`, 0 for what is still.
    person: who it is.
    """

    frames: np.ndarray
    flow: np.ndarray
    landmarks: np.ndarray
    label: int
    aus: np.ndarray
    person: int


@dataclasses.dataclass(frozen=True)
class Endless:
    """A sequence of identities × clips examples; the clips of a person stand together.

    seed: of everything. identities: how many people. clips: of each. frames: t, from 2 on. size: S,
    side of the aligned image in px. first: the number of the first person: a stream from `first` =
    `identities` on shares nobody with one from 0 on. flow: "exact", or found by "tvl1" or "dis".
    landmarks: "exact", or found by "dlib". classes: three, or the five of CASME II. variety: how
    widely faces vary. easiest: each person and all that befalls them have a share of `variety`,
    drawn evenly from `easiest` to 1: below 1 there are easy faces to begin to learn from.

    Raises UserError for an argument out of range.
    """

    seed: int
    identities: int
    clips: int
    frames: int = 2
    size: int = 144
    flow: str = "exact"
    landmarks: str = "exact"
    first: int = 0
    classes: tuple[str, ...] = THREE
    variety: Variety = dataclasses.field(default_factory=Variety)
    easiest: float = 1.0

    def __post_init__(self) -> None:
        for name, low, high in LIMITS:
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | np.integer):
                raise UserError(f"{name} is {value!r}; it must be a whole number.")
            if not low <= value <= high:
                raise UserError(f"{name} is {value}; it must be from {low} to {high}.")
        if not 0 <= self.easiest <= 1:
            raise UserError(f"easiest is {self.easiest}; it must be from 0 to 1.")
        choices: tuple[tuple[str, Any], ...] = (
            ("flow", FLOWS), ("landmarks", LANDMARKS), ("classes", tuple(expression.CLASSES)),
        )  # fmt: skip
        for name, known in choices:
            if getattr(self, name) not in known:
                said = ", ".join(map(str, known))
                raise UserError(f"{name} is {getattr(self, name)!r}; choose one of {said}.")

    def __len__(self) -> int:
        return self.identities * self.clips

    def person(self, index: int) -> int:
        """Returns the number of the person of an example."""
        return self.first + self._checked(index) // self.clips

    def __getitem__(self, index: int) -> Example:
        """Draws an example. Raises IndexError for a number that it does not have."""
        person, clip = self.person(index), self._checked(index) % self.clips
        draws, variety = Draws(self.seed, CLIP, person * STRIDE + clip), self._variety(person)
        shown = expression.draw_shown(draws("units"), self.classes, 0.5 * min(1.0, variety.units))
        who = draw_person(self.seed, person, variety)
        film = filming.take(who, shown, draws, self.frames, self.size, variety)
        points = film.landmarks
        if self.landmarks == "dlib":
            points = detected.landmarks(film.frames, points)
        return Example(
            frames=film.frames,
            flow=self._flow(film),
            landmarks=points.astype(np.float32),
            label=shown.label,
            aus=expression.vector(shown.strengths) * np.float32(film.scale),
            person=person,
        )

    @property
    def origin(self) -> dict[str, Any]:
        """Returns what the examples depend on, as plain values."""
        said = dataclasses.asdict(self) | {"classes": list(self.classes)}
        said |= {name: int(said[name]) for name, _, _ in LIMITS}
        return {"generator": "data_builders.synthetic.endless", "version": VERSION, **said}

    def _variety(self, person: int) -> Variety:
        """Returns how widely what concerns a person varies."""
        drawn = Draws(self.seed, PERSON, person)("share").uniform(self.easiest, 1.0)
        return self.variety.times(drawn)

    def _checked(self, index: int) -> int:
        if not -len(self) <= index < len(self):
            raise IndexError(f"example {index} of {len(self)}")
        return int(index) % len(self)

    def _flow(self, film: "filming.Film") -> np.ndarray:
        if self.flow == "exact":
            return film.flow.astype(np.float16)
        find: Callable = flows.METHODS[self.flow].find
        pairs = zip(film.frames[:-1], film.frames[1:], strict=True)
        return np.stack([find(*pair) for pair in pairs]).astype(np.float16)
