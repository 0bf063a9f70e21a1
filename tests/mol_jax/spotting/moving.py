"""A picture with the landmarks of a face, parts of which move as they are told."""

import cv2
import numpy as np

from data_builders.synthetic.drawing import identity

SIDE = 96


def landmarks() -> np.ndarray:
    """Returns landmarks [68, 2] of a face that fills most of the picture."""
    points = identity.landmarks(identity.draw(0)).astype(np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    return ((points - low) / (high - low).max() * 0.66 + 0.18) * SIDE


def texture(seed: int = 0) -> np.ndarray:
    """Returns smooth noise [SIDE, SIDE] of contrast, like skin with spots."""
    rng = np.random.default_rng(seed)
    fine = cv2.GaussianBlur(rng.standard_normal((SIDE, SIDE)).astype(np.float32), (0, 0), 1.5)
    return 128 + 40 * fine / fine.std()


def recording(
    count: int,
    *,
    rate: float = 30.0,
    mouth=lambda t: 0.0 * t,
    head=lambda t: 0.0 * t,
    light=lambda t: 1.0 + 0.0 * t,
    noise: float = 1.0,
    brow=lambda t: 0.0 * t,
    lids=lambda t: 0.0 * t,
):
    """Returns frames, landmarks and times of a face.

    mouth: how far the left mouth corner moves at t s, px; brow: the right inner brow, up; head: all
    of it, to the right; lids: both, down. light: a factor. noise: deviation, grey levels.
    """
    times, points, still = np.arange(count) / rate, landmarks(), texture()
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    bells = [
        np.exp(-((x - px) ** 2 + (y - py) ** 2) / (2 * 6.0**2))
        for px, py in (points[48], points[22], points[37:39].mean(0), points[43:45].mean(0))
    ]
    rng, frames, marks = np.random.default_rng(1), [], []
    for t in times:
        right = float(head(t)) - float(mouth(t)) * bells[0]
        down = float(lids(t)) * (bells[2] + bells[3]) - float(brow(t)) * bells[1]
        across, below = (x - right).astype(np.float32), (y - down).astype(np.float32)
        moved = cv2.remap(still, across, below, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
        noisy = moved * float(light(t)) + noise * rng.standard_normal(moved.shape)
        frames.append(np.clip(np.round(noisy), 0, 255).astype(np.uint8))
        marks.append(points + (float(head(t)), 0.0))
    return np.stack(frames), np.array(marks, np.float32), times


def bump(apex: float, lasts: float, height: float):
    """Returns a course that rises at apex - lasts/2 and is back at apex + lasts/2, seconds."""

    def course(t):
        inside = np.clip((t - apex) / lasts + 0.5, 0, 1)
        return height * np.sin(np.pi * inside) ** 2

    return course
