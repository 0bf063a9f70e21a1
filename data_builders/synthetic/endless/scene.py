"""What is not the head: the room behind it, and what comes between it and the camera."""

import cv2
import numpy as np

from data_builders.synthetic.endless.draws import Draws
from data_builders.synthetic.endless.variety import Variety


def background(draws: Draws, size: int, variety: Variety) -> np.ndarray:
    """Returns the room [S, S] in linear light."""
    rng, strength = draws("background"), variety.background
    y, x = np.mgrid[:size, :size].astype(np.float32) / size
    slope = strength * rng.uniform(-0.3, 0.3, 2)
    room = np.exp(rng.uniform(np.log(0.02), np.log(0.8))) * (1 + slope[0] * x + slope[1] * y)
    for _ in range(int(rng.integers(0, 6) * min(strength, 1.0))):
        angle, at = rng.uniform(0, np.pi), rng.uniform(0, 1)
        side = (x - at) * np.cos(angle) + (y - at) * np.sin(angle)
        room = room * np.where(side > 0, rng.uniform(0.4, 1.6), 1)
    if strength:
        coarse = rng.standard_normal((6, 6), np.float32)
        room = room * np.exp(
            0.4 * strength * cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)
        )
    blur = size * rng.uniform(0.005, 0.06)
    return cv2.GaussianBlur(room.astype(np.float32), (0, 0), blur)


def occluder(draws: Draws, size: int, frames: int, variety: Variety):
    """Returns what hides a part of the face, None in most clips.

    Its light [S, S], its covers [t, S, S] from 0 to 1 and its motion between frames [t-1, 2] px.
    """
    rng = draws("occlusion")
    if rng.uniform() >= 0.12 * variety.occlusion:
        return None
    angle = rng.uniform(0, 2 * np.pi)
    to = np.array([np.cos(angle), np.sin(angle)])
    start = size * (0.5 + 0.62 * to)
    long, wide = size * rng.uniform(0.10, 0.30), size * rng.uniform(0.05, 0.16)
    turn = rng.uniform(0, 180)
    motion = rng.normal(0, 0.004 * size, 2) * (rng.uniform() < 0.5)
    covers = []
    for k in range(frames):
        mask = np.zeros((size, size), np.uint8)
        at = tuple(np.round((start + k * motion) * 16).astype(int).tolist())
        axes = (round(long * 16), round(wide * 16))
        cv2.ellipse(mask, at, axes, turn, 0, 360, 255, -1, cv2.LINE_AA, 4)
        covers.append(cv2.GaussianBlur(mask * np.float32(1 / 255), (0, 0), 0.012 * size))
    coarse = rng.standard_normal((5, 5), np.float32)
    tone = np.exp(rng.uniform(np.log(0.02), np.log(0.5)))
    light = tone * np.exp(0.2 * cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC))
    return light.astype(np.float32), np.stack(covers), np.tile(motion, (frames - 1, 1))
