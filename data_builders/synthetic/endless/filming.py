"""One clip, aligned: the head moved over its frames, the room behind it, the camera."""

import dataclasses

import cv2
import numpy as np

from data_builders.synthetic.endless import camera, creases, placing, scene
from data_builders.synthetic.endless.course import draw_course
from data_builders.synthetic.endless.draws import Draws
from data_builders.synthetic.endless.expression import Shown
from data_builders.synthetic.endless.head import Head, draw_head
from data_builders.synthetic.endless.moment import draw_lamp, draw_pose, draw_rest
from data_builders.synthetic.endless.movement import Movement, everywhere, nodes
from data_builders.synthetic.endless.person import Person
from data_builders.synthetic.endless.plate import Plate
from data_builders.synthetic.endless.variety import Variety

SHOWN = 1.40  # brow spans along the side of an aligned image, about
FINER = 1.35  # pixels of the plate per px of the aligned image
USUAL, METERED = 0.22, 0.8  # light of a usual face, and how much of a face's own is metered


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
    turns = np.stack([placing.rotation(*each) for each in angles])
    plate = Plate(FINER * size / SHOWN)
    head = draw_head(plate, who, rest, lamp, turns[0])
    lean = float(np.clip(0.35 * variety.lean * draws("lean").normal(), -0.9, 0.9))
    own = placing.own_muscles(who.draws, shown.strengths, variety)
    parts = placing.muscles(head.points, shown, lean, min(rest.open_eyes, 1.0), own)
    matrices = placing.matrices(head.points, turns, course.drift[:, 3:], draws, size, variety)
    levels = np.column_stack([course.levels, course.blink])
    skin = placing.movement(head.points, parts, levels, matrices)
    skull = placing.movement(head.points, [], levels, matrices)
    front = _skin(head, skin, parts[:-1], course.levels, draws, size, variety)
    light, flow = _composed(front, _worn(head, skull, size), draws, size, variety)
    # A camera that exposed for the face alone would make all skin alike.
    metered = head.brightness() ** METERED * USUAL ** (1 - METERED)
    grey = camera.expose(light, metered, lamp, course.light)
    scale = float(np.sqrt(np.abs(np.linalg.det(matrices[0, :, :2]))))
    landmarks = skin.forward(head.points.astype(np.float64))
    return Film(camera.photograph(grey, draws, variety), flow, landmarks, scale)


def _skin(head: Head, move: Movement, muscles, levels, draws: Draws, size: int, variety: Variety):
    """Returns the picture of the head [t, S, S, 2] in all frames, and its flow [t-1, S, S, 2]."""
    points, flow = move.back(nodes(size))
    shown = moved(head.plate, head.skin, points, size)
    shade = creases.shading(muscles, levels, points, draws, variety)
    if shade is not None:
        shown[..., :1] *= everywhere(shade, size)
    return shown, everywhere(flow, size)


def _worn(head: Head, move: Movement, size: int):
    """Returns the same of what is worn, None for nothing."""
    if head.worn is None:
        return None
    points, flow = move.back(nodes(size))
    return moved(head.plate, head.worn, points, size), everywhere(flow, size)


def moved(plate: Plate, picture: np.ndarray, points: np.ndarray, size: int) -> np.ndarray:
    """Returns the picture [t, S, S, 2] that shows `points` [t, n, 2] of the plate at the nodes."""
    at = np.moveaxis(plate.pixels(everywhere(points, size)), -1, 1)
    drawn = [
        cv2.remap(picture, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE) for x, y in at
    ]
    shown = np.maximum(np.stack(drawn), 0)
    shown[..., 1] = np.minimum(shown[..., 1], 1)
    return shown


def _composed(skin, worn, draws: Draws, size: int, variety: Variety):
    """Returns the light of all frames [t, S, S] and the flow [t-1, S, S, 2] of what is in front.

    A pixel that a layer covers by more than half moves with it; the room stays.
    """
    shown, flow = skin
    light = scene.background(draws, size, variety) * (1 - shown[..., 1]) + shown[..., 0]
    flow = flow * (shown[:-1, ..., 1:] > 0.5)
    if worn is not None:
        over, over_flow = worn
        light = light * (1 - over[..., 1]) + over[..., 0]
        flow = np.where(over[:-1, ..., 1:] > 0.5, over_flow, flow)
    hidden = scene.occluder(draws, size, len(light), variety)
    if hidden is not None:
        tone, covers, motion = hidden
        light = light * (1 - covers) + tone * covers
        moved = motion[:, None, None].astype(np.float32)
        flow = np.where(covers[:-1, ..., None] > 0.5, moved, flow)
    return light, flow
