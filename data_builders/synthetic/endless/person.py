"""Who is drawn: a shape, the reflectance of skin and hair, age, beard, hair style and glasses."""

import dataclasses

import numpy as np

from data_builders.synthetic.drawing import identity
from data_builders.synthetic.endless.draws import PERSON, Draws
from data_builders.synthetic.endless.variety import Variety

BEARDS = ("stubble", "moustache", "goatee", "full")
HAIRCUTS = ("back", "side", "straight", "bowl", "curly", "bald")


@dataclasses.dataclass(frozen=True)
class Person:
    """One person. Lengths are in brow spans; reflectances are linear, from 0 to 1.

    points: [68, 2], the landmarks of the face at rest, the middle of the nose at x = 0 and the brow
    line near y = 0. beard: a kind of BEARDS, or "". seed: of textures.
    """

    who: identity.Identity
    points: np.ndarray
    skin: float
    lips: float
    hair: float
    brow: float
    iris: float
    mottle: float  # how uneven the skin is
    age: float  # 0 to 1
    beard: str
    beard_density: float
    haircut: str
    fringe: float  # how far down the hair comes over the forehead, 0 to 1
    temples: float  # how much hair hangs beside the face, 0 to 1
    glasses: float  # thickness of the frame; 0 for none
    glasses_shape: np.ndarray  # [3]: half width, half height, how round
    dark_glasses: bool
    lashes: float  # how dark
    crease: float  # of the upper lids
    draws: Draws


def draw_person(seed: int, number: int, variety: Variety) -> Person:
    """Returns a person of the stream."""
    draws = Draws(seed, PERSON, number)
    who = identity.draw(int(draws("shape").integers(2**32)))
    tone, age, hair = draws("tone"), draws("age"), draws("hair")
    skin = float(np.exp(np.log(0.30) + variety.tone * tone.uniform(-1.25, 0.75)))
    old = min(1.0, variety.age * float(age.beta(1.1, 1.7)))
    dark = tone.uniform() < 0.55 or skin < 0.15
    strand = float(tone.uniform(0.012, 0.05) if dark else tone.uniform(0.04, 0.22))
    if age.uniform() < (old - 0.4) * 1.5:
        strand = float(age.uniform(0.15, 0.40))  # grey
    skin = min(skin, 0.68)
    return Person(
        who=who,
        points=_points(who, draws("points")),
        skin=skin,
        lips=float(tone.uniform(0.48, 0.85)),
        hair=strand,
        brow=strand * float(tone.uniform(0.5, 1.1)),
        iris=float(tone.choice([0.012, 0.02, 0.05, 0.09])),
        mottle=float(tone.uniform(0.4, 1.3)),
        age=old,
        **_beard(draws("beard"), variety),
        **_haircut(hair, variety),
        **_glasses(draws("glasses"), variety),
        lashes=float(tone.uniform(0.5, 1.0)),
        crease=float(max(0.0, tone.uniform(-0.4, 1.0))),
        draws=draws,
    )


def _points(who: identity.Identity, rng: np.random.Generator) -> np.ndarray:
    """Returns the landmarks of an identity with more differences between its parts."""
    points = (identity.landmarks(who) - [who.centre_x, who.top]) / who.scale
    inner = points[identity.INNER_LIPS, 1]
    points[identity.INNER_LIPS, 1] = inner.mean() + (inner - inner.mean()) * 0.35
    points[49:54, 1] += 0.010  # lips that close come towards each other
    points[55:60, 1] -= 0.022 * np.array([0.7, 1, 1, 1, 0.7])
    points[:, 1] *= rng.uniform(0.95, 1.06)
    lower = np.clip((points[:, 1] - 0.25) / 0.9, 0, 1)
    points[:, 0] *= 1 + rng.uniform(-0.06, 0.06) * lower
    for eye in identity.EYES:  # identities open them wider than most people do
        middle = points[eye].mean(axis=0)
        points[eye, 1] = middle[1] + (points[eye, 1] - middle[1]) * rng.uniform(0.65, 0.95)
    for part in (*identity.BROWS, slice(27, 36), *identity.EYES, identity.MOUTH):
        points[part] += rng.normal(0, 0.006, 2)
    return points.astype(np.float32)


def _beard(rng: np.random.Generator, variety: Variety) -> dict:
    kind = str(rng.choice(BEARDS)) if rng.uniform() < 0.33 * variety.beard else ""
    return {"beard": kind, "beard_density": float(rng.uniform(0.35, 1.0))}


def _haircut(rng: np.random.Generator, variety: Variety) -> dict:
    fringe = rng.uniform(0.25, 1.0) if rng.uniform() < 0.28 * variety.hair else 0.0
    hangs = rng.uniform(0.2, 1.0) if rng.uniform() < 0.45 * variety.hair else 0.0
    kind = str(rng.choice(HAIRCUTS))
    return {"haircut": kind, "fringe": float(fringe), "temples": float(hangs)}


def _glasses(rng: np.random.Generator, variety: Variety) -> dict:
    worn = rng.uniform() < 0.22 * variety.glasses
    shape = rng.uniform((0.165, 0.085, 2.0), (0.215, 0.145, 5.0))
    thick = float(rng.uniform(0.010, 0.032)) * worn
    return {
        "glasses": thick,
        "glasses_shape": shape,
        "dark_glasses": bool(rng.uniform() < 0.06),
    }
