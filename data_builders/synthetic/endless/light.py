"""Light on a surface: Lambert's law, cast shadows, hollows and gloss from one height field."""

import dataclasses

import cv2
import numpy as np

from data_builders.synthetic.endless.moment import Lamp
from data_builders.synthetic.endless.plate import Plate

WRAP = 0.20  # how far light creeps round skin, which it enters and leaves elsewhere
STEPS = np.array([0.02, 0.035, 0.055, 0.08, 0.115, 0.16])  # along the ray to the lamp, brow spans


@dataclasses.dataclass
class Surface:
    """What is lit: the share of light that comes back, the height and how glossy it is."""

    albedo: np.ndarray
    height: np.ndarray
    gloss: np.ndarray


def lit(plate: Plate, surface: Surface, lamp: Lamp, turn: np.ndarray) -> np.ndarray:
    """Returns the light [H, W] that a surface sends to the camera, linear.

    turn: [3, 3], takes the face to the room: the lamp stays where it is when the head turns.
    """
    to = (turn.T @ lamp.to).astype(np.float32)
    up = (turn.T @ np.array([0, -1, 0])).astype(np.float32)
    normal = _normals(plate, surface.height)
    facing = normal[0] * to[0] + normal[1] * to[1] + normal[2] * to[2]
    key = np.maximum((facing + WRAP) / (1 + WRAP), 0) * _unshadowed(plate, surface.height, to, lamp)
    sky = 0.72 + 0.28 * (normal[0] * up[0] + normal[1] * up[1] + normal[2] * up[2])
    hollow = surface.height - plate.soft(surface.height, 0.05)
    open_ = np.clip(1 + 9 * hollow, 0.45, 1.15)
    half = to + turn.T[:, 2].astype(np.float32)
    half /= np.linalg.norm(half)
    shine = np.maximum(normal[0] * half[0] + normal[1] * half[1] + normal[2] * half[2], 0)
    shine = shine**4
    shine = (shine * shine) ** 2  # to the 16th
    light = surface.albedo * (lamp.key * key + lamp.ambient * sky * open_)
    return light + surface.gloss * lamp.key * shine


def _normals(plate: Plate, height: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    across = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3, scale=plate.fine / 8)
    down = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3, scale=plate.fine / 8)
    z = 1 / np.sqrt(1 + across * across + down * down)
    return -across * z, -down * z, z


def _unshadowed(plate: Plate, height: np.ndarray, to: np.ndarray, lamp: Lamp) -> np.ndarray:
    """Returns how much of the lamp each place sees, from 1 - hard to 1."""
    blocked = np.zeros_like(height)
    for step in STEPS:
        away = step * plate.fine * to
        shift = np.array([[1, 0, away[0]], [0, 1, away[1]]], np.float32)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        there = cv2.warpAffine(
            height, shift, plate.shape[::-1], flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
        np.maximum(blocked, (there - height - step * to[2]) / (0.02 + 0.35 * step), out=blocked)
    return 1 - lamp.hard * plate.soft(np.minimum(blocked, 1), 0.010)
