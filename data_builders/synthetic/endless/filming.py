"""One clip, aligned: the head moved over its frames, the room behind it, the camera."""

import dataclasses

import cv2
import numpy as np

from data_builders.pixels.alignment import similarity
from data_builders.synthetic.drawing.action_units import Pushes, pushes
from data_builders.synthetic.endless import camera, scene
from data_builders.synthetic.endless.course import draw_course
from data_builders.synthetic.endless.draws import Draws
from data_builders.synthetic.endless.expression import Shown
from data_builders.synthetic.endless.head import Head, draw_head
from data_builders.synthetic.endless.moment import draw_lamp, draw_pose, draw_rest
from data_builders.synthetic.endless.movement import Bumps, Movement, everywhere, nodes
from data_builders.synthetic.endless.person import Person
from data_builders.synthetic.endless.plate import Plate
from data_builders.synthetic.endless.relief import depth
from data_builders.synthetic.endless.variety import Variety

SHOWN = 1.40  # brow spans along the side of an aligned image, about
FINER = 1.35  # pixels of the plate per px of the aligned image
PIVOT = np.array([0.0, 0.55, 0.1])  # what the head turns about, brow spans
RISE = 0.12  # of glasses over the skull, brow spans
USUAL, METERED = 0.22, 0.8  # light of a usual face, and how much of a face's own is metered
LID = 0.036  # brow spans that a blink moves the upper lid


@dataclasses.dataclass(frozen=True)
class Film:
    """A clip: frames uint8 [t, S, S], flow [t-1, S, S, 2] px, landmarks [t, 68, 2] px.

    scale: px of a brow span.
    """

    frames: np.ndarray
    flow: np.ndarray
    landmarks: np.ndarray
    scale: float


def take(who: Person, shown: Shown, draws: Draws, frames: int, size: int, variety: Variety) -> Film:
    """Draws a clip of a person who shows some action units."""
    lamp, rest = draw_lamp(draws, variety), draw_rest(draws, variety)
    course = draw_course(draws, len(shown.strengths), frames, variety)
    angles = draw_pose(draws, variety) + course.drift[:, :3]
    turns = np.stack([rotation(*each) for each in angles])
    plate = Plate(FINER * size / SHOWN)
    head = draw_head(plate, who, rest, lamp, turns[0])
    lean = float(np.clip(0.35 * variety.lean * draws("lean").normal(), -0.9, 0.9))
    parts = _pushes(head.points, shown, lean, min(rest.open_eyes, 1.0))
    matrices = _matrices(head.points, turns, course.drift[:, 3:], draws, size, variety)
    levels = np.column_stack([course.levels, course.blink])
    move = _movement(head.points, parts, levels, matrices)
    worn = _movement(head.points, [], levels, matrices)
    light, flow = _composed(head, move, worn, draws, size, variety)
    # A camera that exposed for the face alone would make all skin alike.
    metered = head.brightness() ** METERED * USUAL ** (1 - METERED)
    grey = camera.expose(light, metered, lamp, course.light)
    scale = float(np.sqrt(np.abs(np.linalg.det(matrices[0, :, :2]))))
    landmarks = move.forward(head.points.astype(np.float64))
    return Film(camera.photograph(grey, draws, variety), flow, landmarks, scale)


def rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """Returns the matrix [3, 3] of a head's turn: roll after pitch after yaw."""
    (cy, cp, cr), (sy, sp, sr) = np.cos([yaw, pitch, roll]), np.sin([yaw, pitch, roll])
    turned = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    nodded = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    tilted = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return tilted @ nodded @ turned


def _pushes(points: np.ndarray, shown: Shown, lean: float, opened: float) -> list[Pushes]:
    """Returns the pushes at full strength of the units shown and, last, of a blink."""
    exact = points.astype(np.float64)
    units = [pushes({unit: by}, exact, 1.0, lean=lean) for unit, by in shown.strengths.items()]
    lids = np.stack([exact[[a, b]].mean(axis=0) for a, b in ((37, 38), (43, 44))])
    down, size = np.tile((0.0, LID * opened), (2, 1)), np.tile((0.085, 0.036), (2, 1))
    return [*units, Pushes(lids, down, size)]


def _movement(points, parts: list[Pushes], levels: np.ndarray, matrices: np.ndarray) -> Movement:
    """Returns the movement of a layer.

    parts: its pushes, none for what is worn. levels: [t, A]. matrices: [t, 2, 4], from x, y, z and
    1 to the aligned image.
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
    pull = lifted @ np.swapaxes(matrices[:, :, :3], 1, 2)
    flat, shift = matrices[:, :, :2].astype(np.float32), matrices[:, :, 3].astype(np.float32)
    placed = Bumps(centres.astype(np.float32), sizes.astype(np.float32))
    return Movement(placed, flat, shift, pull.astype(np.float32))


def _matrices(points, turns, drift, draws: Draws, size: int, variety: Variety) -> np.ndarray:
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


def _composed(head: Head, move, worn, draws: Draws, size: int, variety: Variety):
    """Returns the light of all frames [t, S, S] and the flow [t-1, S, S, 2] of what is in front."""
    room = scene.background(draws, size, variety)
    shown, flow = _layer(head.plate, head.skin, move, size)
    light = room * (1 - shown[..., 1]) + shown[..., 0]
    flow *= shown[:-1, ..., 1:] > 0.5
    if head.worn is not None:
        over, over_flow = _layer(head.plate, head.worn, worn, size)
        light = light * (1 - over[..., 1]) + over[..., 0]
        flow = np.where(over[:-1, ..., 1:] > 0.5, over_flow, flow)
    hidden = scene.occluder(draws, size, len(light), variety)
    if hidden is not None:
        tone, covers, motion = hidden
        light = light * (1 - covers) + tone * covers
        flow = np.where(
            covers[:-1, ..., None] > 0.5, motion[:, None, None].astype(np.float32), flow
        )
    return light, flow


def _layer(plate: Plate, picture: np.ndarray, move: Movement, size: int):
    """Returns a layer's picture [t, S, S, 2] in all frames, and its flow."""
    points, flow = move.back(nodes(size))
    at = np.moveaxis(plate.pixels(everywhere(points, size)), -1, 1)
    drawn = [
        cv2.remap(picture, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE) for x, y in at
    ]
    shown = np.maximum(np.stack(drawn), 0)
    shown[..., 1] = np.minimum(shown[..., 1], 1)
    return shown, everywhere(flow, size)
