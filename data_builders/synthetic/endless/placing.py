"""From muscles, the head's pose and the alignment to the movement of a layer."""

import dataclasses
from collections.abc import Iterable

import numpy as np

from data_builders.pixels.alignment import similarity
from data_builders.synthetic.drawing.action_units import Pushes, pushes
from data_builders.synthetic.endless.draws import Draws
from data_builders.synthetic.endless.expression import Shown
from data_builders.synthetic.endless.movement import Bumps, Movement
from data_builders.synthetic.endless.relief import depth
from data_builders.synthetic.endless.variety import Variety

PIVOT = np.array([0.0, 0.55, 0.1])  # what the head turns about, brow spans
RISE = 0.12  # of glasses over the skull, a share of its height
LID = 0.036  # brow spans that a blink moves the upper lid


@dataclasses.dataclass(frozen=True)
class Own:
    """How one unit differs in one person: factors of its width, a shift of its place, a turn.

    wider, shift: [2]; x of the shift is away from the middle. turn: radians, mirrored.
    """

    wider: np.ndarray
    shift: np.ndarray
    turn: float


def rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """Returns the matrix [3, 3] of a head's turn: roll after pitch after yaw."""
    (cy, cp, cr), (sy, sp, sr) = np.cos([yaw, pitch, roll]), np.sin([yaw, pitch, roll])
    turned = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    nodded = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    tilted = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return tilted @ nodded @ turned


def muscles(
    points: np.ndarray, shown: Shown, lean: float, opened: float, own: list[Own]
) -> list[Pushes]:
    """Returns the pushes at full strength of the units shown and, last, of a blink.

    own: how each unit shown differs in this person.
    """
    exact = points.astype(np.float64)
    units = [
        _owned(pushes({unit: by}, exact, 1.0, lean=lean), by, each)
        for (unit, by), each in zip(shown.strengths.items(), own, strict=True)
    ]
    lids = np.stack([exact[[a, b]].mean(axis=0) for a, b in ((37, 38), (43, 44))])
    down, size = np.tile((0.0, LID * opened), (2, 1)), np.tile((0.085, 0.036), (2, 1))
    return [*units, Pushes(lids, down, size)]


def own_muscles(draws: Draws, units: Iterable[int], variety: Variety) -> list[Own]:
    """Returns how a person's units differ; `draws` are the person's."""
    found = []
    for unit in units:
        rng = draws(f"muscle {unit}")
        wider = np.exp(variety.muscles * rng.uniform(-0.2, 0.5, 2))
        shift = variety.muscles * rng.normal(0, 0.012, 2)
        found.append(Own(np.clip(wider, 0.7, 2.0), shift, variety.muscles * rng.normal(0, 0.25)))
    return found


def _owned(usual: Pushes, strength: float, own: Own) -> Pushes:
    """Returns a unit as a person has it, its largest displacement at a centre `strength`."""
    side = np.where(usual.centres[:, 0] < 0, -1.0, 1.0)
    centres = usual.centres + np.stack([side * own.shift[0], np.full(len(side), own.shift[1])], 1)
    cos, sin = np.cos(own.turn), side * np.sin(own.turn)
    x, y = usual.pushes.T
    turned = np.stack([cos * x - sin * y, sin * x + cos * y], axis=1)
    made = Pushes(centres, turned, usual.sizes * own.wider)
    largest = np.linalg.norm(made(centres), axis=1).max()
    return Pushes(centres, turned * (strength / largest), made.sizes)


def movement(points, parts: list[Pushes], levels: np.ndarray, frames: np.ndarray) -> Movement:
    """Returns the movement of a layer.

    parts: its pushes, none for what is worn. levels: [t, A]. frames: [t, 2, 4], of `matrices`.
    """
    bumps, height = depth(points, features=bool(parts))
    if not parts:
        height = height * (1 + RISE)
    centres = np.concatenate([*(part.centres for part in parts), bumps.centres])
    sizes = np.concatenate([*(part.sizes for part in parts), bumps.sizes])
    lifted = np.zeros((len(levels), len(centres), 3))
    start = 0
    for part, level in zip(parts, levels.T[: len(parts)], strict=True):
        stop = start + len(part.centres)
        lifted[:, start:stop, :2] = level[:, None, None] * part.pushes
        start = stop
    lifted[:, start:, 2] = height
    pull = lifted @ np.swapaxes(frames[:, :, :3], 1, 2)
    flat, shift = frames[:, :, :2].astype(np.float32), frames[:, :, 3].astype(np.float32)
    placed = Bumps(centres.astype(np.float32), sizes.astype(np.float32))
    return Movement(placed, flat, shift, pull.astype(np.float32))


def matrices(points, turns, drift, draws: Draws, size: int, variety: Variety) -> np.ndarray:
    """Returns what takes x, y, z and 1 of the head to the aligned image in each frame, [t, 2, 4].

    The clip's median landmarks are where they belong, but for an error of the alignment. drift:
    [t, 3], the head's shift and growth.
    """
    turn = turns[:, :2] * (1 + drift[:, 2, None, None])
    posed = np.concatenate([turn, (PIVOT[:2] - turn @ PIVOT + drift[:, :2])[..., None]], axis=2)
    bumps, height = depth(points)
    lift = bumps(points) @ height
    solid = np.column_stack([points, lift, np.ones(len(points))])
    matrix = similarity(np.median(solid @ np.swapaxes(posed, 1, 2), axis=0), size)
    matrix = _misplaced(draws("alignment"), size, variety.alignment) @ np.vstack(
        [matrix, [0, 0, 1]]
    )
    posed = matrix[:, :2] @ posed
    posed[..., 3] += matrix[:, 2]
    return posed


def _misplaced(rng: np.random.Generator, size: int, strength: float) -> np.ndarray:
    """Returns the error [2, 3] of an alignment by landmarks that are not quite right."""
    turn, growth = strength * rng.normal(0, (0.015, 0.02))
    shift = strength * rng.normal(0, 0.012 * size, 2)
    square = (1 + growth) * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    middle = np.full(2, (size - 1) / 2)
    return np.column_stack([square, middle - square @ middle + shift])
