"""From muscles, the head's pose and the alignment to the movement of a layer."""

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


def rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """Returns the matrix [3, 3] of a head's turn: roll after pitch after yaw."""
    (cy, cp, cr), (sy, sp, sr) = np.cos([yaw, pitch, roll]), np.sin([yaw, pitch, roll])
    turned = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    nodded = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    tilted = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return tilted @ nodded @ turned


def muscles(points: np.ndarray, shown: Shown, lean: float, opened: float) -> list[Pushes]:
    """Returns the pushes at full strength of the units shown and, last, of a blink."""
    exact = points.astype(np.float64)
    units = [pushes({unit: by}, exact, 1.0, lean=lean) for unit, by in shown.strengths.items()]
    lids = np.stack([exact[[a, b]].mean(axis=0) for a, b in ((37, 38), (43, 44))])
    down, size = np.tile((0.0, LID * opened), (2, 1)), np.tile((0.085, 0.036), (2, 1))
    return [*units, Pushes(lids, down, size)]


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
