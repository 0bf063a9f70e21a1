"""What is so for one clip only: the pose, the face before it moves, the gaze and the lamp."""

import dataclasses

import numpy as np

from data_builders.synthetic.drawing.action_units import pushes
from data_builders.synthetic.drawing.identity import BROWS, EYES
from data_builders.synthetic.endless.draws import Draws
from data_builders.synthetic.endless.variety import Variety

YAW, PITCH, ROLL = np.radians((20.0, 10.0, 10.0))  # largest of a strength of 1


@dataclasses.dataclass(frozen=True)
class Rest:
    """The face before the clip's own motion.

    open_eyes: from 0, closed, over 1 to 1.2. smile, open_mouth, brows (up): brow spans. gaze: [2],
    shares of the iris' room.
    """

    open_eyes: float
    smile: float
    open_mouth: float
    brows: float
    gaze: np.ndarray


@dataclasses.dataclass(frozen=True)
class Lamp:
    """The light, in the room: to the lamp [3], its strength, that from everywhere, the rest."""

    to: np.ndarray
    key: float
    ambient: float
    hard: float  # how deep cast shadows are, 0 to 1
    exposure: float  # the grey level, 0 to 1, that a usual face comes out at
    contrast: float


def draw_rest(draws: Draws, variety: Variety) -> Rest:
    """Returns how a face is held."""
    rng, strength = draws("rest"), variety.rest
    lids, lips, brow = rng.uniform(size=3)
    opened = 1 + 0.12 * strength * rng.uniform(-1, 1)
    if lids < 0.05 * strength:
        opened = rng.uniform(0.02, 0.12)
    elif lids < 0.15 * strength:
        opened = rng.uniform(0.3, 0.65)
    smile = rng.uniform(0.02, 0.085) if lips < 0.35 * strength else 0.0
    mouth = rng.uniform(0.01, 0.13) if 0.2 * strength < lips < 0.5 * strength else 0.0
    gaze = strength * rng.normal(0, 0.35, 2) * (1, 0.5)
    return Rest(opened, smile, mouth, 0.03 * strength * (2 * brow - 1), np.clip(gaze, -1, 1))


def draw_lamp(draws: Draws, variety: Variety) -> Lamp:
    """Returns the light of a clip."""
    rng, strength = draws("light"), variety.light
    azimuth = np.radians(60) * strength * rng.uniform(-1, 1)
    above = np.radians(28 + 27 * strength * rng.uniform(-1, 1))
    to = np.array(
        [np.sin(azimuth) * np.cos(above), -np.sin(above), np.cos(azimuth) * np.cos(above)]
    )
    key = np.exp(strength * rng.uniform(-0.6, 0.6))
    return Lamp(
        to=to / np.linalg.norm(to),
        key=float(key),
        ambient=float(0.34 * np.exp(strength * rng.uniform(-0.6, 0.4))),
        hard=float(np.clip(0.5 + 0.5 * strength * rng.uniform(-1, 1), 0, 1)),
        exposure=float(0.57 + 0.17 * strength * rng.uniform(-1, 1)),
        contrast=float(1.3 * np.exp(0.3 * strength * rng.uniform(-1, 1))),
    )


def draw_pose(draws: Draws, variety: Variety) -> np.ndarray:
    """Returns yaw, pitch and roll in radians."""
    angles = draws("pose").uniform(-1, 1, 3)
    return variety.pose * angles * (YAW, PITCH, ROLL)


def held(points: np.ndarray, rest: Rest) -> np.ndarray:
    """Returns the landmarks [68, 2] of a face at rest, held as `rest` says."""
    points = points.astype(np.float64)
    for eye in EYES:
        _open(points, eye, rest.open_eyes)
    for brow in BROWS:
        points[brow, 1] -= rest.brows
    if rest.smile:
        points += pushes({12: rest.smile, 6: 0.25 * rest.smile}, points, 1.0)(points)
    lower, corner = [56, 57, 58, 65, 66, 67], [55, 59]
    points[lower, 1] += rest.open_mouth
    points[corner, 1] += 0.6 * rest.open_mouth
    points[61:64, 1] -= 0.12 * rest.open_mouth
    chin = np.clip((points[:17, 1] - 0.6) / 0.58, 0, 1)
    points[:17, 1] += 0.75 * rest.open_mouth * chin
    return points.astype(np.float32)


def _open(points: np.ndarray, eye: slice, opened: float) -> None:
    """Moves the lids: the upper one most of the way to the lower."""
    first = eye.start
    for upper, lower in ((first + 1, first + 5), (first + 2, first + 4)):
        height = points[lower, 1] - points[upper, 1]
        points[upper, 1] += 0.85 * (1 - opened) * height
        points[lower, 1] -= 0.15 * (1 - opened) * height
