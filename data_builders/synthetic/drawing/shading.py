"""Light on a face: a height field from the landmarks, lit by one lamp and its reflection."""

import cv2
import numpy as np

from data_builders.synthetic.drawing.canvas import SCALE, Canvas
from data_builders.synthetic.drawing.identity import BROWS, EYES, Identity


def skin(
    canvas: Canvas, who: Identity, points: np.ndarray, light: np.ndarray, shine: np.ndarray, rng
) -> np.ndarray:
    """Returns the skin [H, W, 3] of the whole canvas in the light and shine of `shade`."""
    texture = _texture(canvas, who, points, rng)
    middle, unit = points[27:31, 0].mean(), who.scale
    ruddy = 0.8 * canvas.blob(points[30], 0.06 * unit)
    for side in (1, 15):
        cheek = (middle + (points[side, 0] - middle) * 0.6, points[2, 1])
        ruddy = ruddy + canvas.blob(cheek, 0.10 * unit, 0.08 * unit)
    colour = who.skin * (1 - np.array([0.0, 0.07, 0.06]) * ruddy[..., None])
    return colour * (light * texture)[..., None] + shine[..., None]


def shade(
    canvas: Canvas, who: Identity, points: np.ndarray, top: float
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the light (a factor) and the shine (added) of each pixel: Lambert and a highlight.

    top: y of the hair's top, px.
    """
    height = _height(canvas, who, points, top)
    across = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3) / 8 * SCALE
    down = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3) / 8 * SCALE
    normal = np.stack([-across, -down, np.ones_like(across)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    lamp = _unit(who.light)
    fill = _unit((-lamp[0], 0.0, 1.0))
    halfway = _unit(lamp + _unit((0, 0, 1)))
    light = who.ambient + 0.62 * np.clip(normal @ lamp, 0, 1) + 0.10 * np.clip(normal @ fill, 0, 1)
    return light, 14 * np.clip(normal @ halfway, 0, 1) ** 28


def _unit(vector) -> np.ndarray:
    vector = np.asarray(vector, np.float32)
    return vector / np.linalg.norm(vector)


def _height(canvas: Canvas, who: Identity, points: np.ndarray, top: float) -> np.ndarray:
    """Returns the height of the face in px towards the camera: an ellipsoid with its features."""
    unit, middle = who.scale, points[27:31, 0].mean()
    chin = points[8]
    half_width = (points[16, 0] - points[0, 0]) / 2 * 1.04
    half_height = (chin[1] - top) / 2 * 1.03
    radius = ((canvas.x - middle) / half_width) ** 2
    radius = radius + ((canvas.y - (top + chin[1]) / 2) / half_height) ** 2
    head = 0.62 * unit * np.sqrt(np.clip(1 - 0.93 * radius, 0.02, None))
    height = cv2.GaussianBlur(head + _nose(canvas, who, points), (0, 0), 0.010 * unit * SCALE)
    height = cv2.GaussianBlur(height + _relief(canvas, who, points), (0, 0), 0.008 * unit * SCALE)
    return height.astype(np.float32)


def _nose(canvas: Canvas, who: Identity, points: np.ndarray) -> np.ndarray:
    unit, middle = who.scale, points[27:31, 0].mean()
    root, tip = points[27], points[30]
    down = np.clip((canvas.y - root[1]) / (tip[1] - root[1]), 0, 1)
    width = (0.045 + 0.022 * down) * unit
    end = 1 / (1 + np.exp((canvas.y - tip[1] - 0.035 * unit) / (0.022 * unit)))
    start = np.clip((canvas.y - root[1] + 0.08 * unit) / (0.08 * unit), 0, 1)
    bridge = (0.25 + 0.75 * down) * np.exp(-(((canvas.x - middle) / width) ** 2) / 2)
    ball = canvas.blob((middle, tip[1] - 0.005 * unit), 0.050 * unit, 0.045 * unit)
    wings = sum(
        canvas.blob(
            (points[k, 0] - side * 0.02 * unit, points[k, 1] - 0.03 * unit),
            0.028 * unit,
            0.030 * unit,
        )
        for k, side in ((31, -1), (35, 1))
    )
    return unit * (0.15 * bridge * end * start + 0.055 * ball + 0.040 * wings)


def _relief(canvas: Canvas, who: Identity, points: np.ndarray) -> np.ndarray:
    """Returns eye sockets, brow ridges, cheekbones, lips and chin."""
    unit, middle = who.scale, points[27:31, 0].mean()
    bumps = []  # (height, centre, width, height) in brow spans
    for eye in EYES:
        x, y = points[eye].mean(axis=0)
        bumps += [(-0.085, (x, y - 0.02 * unit), 0.10, 0.055), (0.05, (x, y), 0.05, 0.035)]
    bumps += [(0.035, points[brow][1:4].mean(axis=0), 0.12, 0.035) for brow in BROWS]
    for side in (1, 15):
        x = middle + (points[side, 0] - middle) * 0.60
        bumps.append((0.05, (x, points[side, 1] + 0.08 * unit), 0.10, 0.08))
    mouth, lower, chin = points[48:68, 1].mean(), points[57, 1], points[8, 1]
    bumps += [
        (0.045, (middle, mouth - 0.04 * unit), 0.14, 0.06),
        (0.025, (middle, lower - 0.02 * unit), 0.09, 0.025),
        (-0.035, (middle, lower + 0.045 * unit), 0.09, 0.025),
        (0.05, (middle, chin - 0.10 * unit), 0.09, 0.05),
    ]
    relief = np.zeros(canvas.shape)
    for height, centre, across, down in bumps:
        relief = relief + unit * height * canvas.blob(centre, across * unit, down * unit)
    return relief


def _texture(canvas: Canvas, who: Identity, points: np.ndarray, rng) -> np.ndarray:
    """Returns pores, freckles, moles and stubble as a factor about 1."""
    unit, middle = who.scale, points[27:31, 0].mean()
    texture = 1 + 0.014 * canvas.noise(rng, 1.6) + 0.012 * canvas.noise(rng, 4)
    texture += 0.018 * canvas.noise(rng, 16)
    for _ in range(int(90 * who.freckles)):
        across, down = rng.normal(size=2) * [0.24, 0.16] * unit
        spot = (middle + across, points[29, 1] + 0.08 * unit + down)
        texture -= 0.10 * rng.uniform(0.3, 1) * canvas.blob(spot, rng.uniform(0.5, 1.1))
    for _ in range(rng.integers(0, 4)):
        across, down = rng.uniform((-0.4, -0.2), (0.4, 1.0)) * unit
        texture -= 0.35 * canvas.blob(
            (middle + across, points[27, 1] + down), rng.uniform(0.8, 1.5)
        )
    chin = canvas.blob((middle, points[57, 1] + 0.10 * unit), 0.30 * unit, 0.16 * unit)
    lip = canvas.blob((middle, points[51, 1] - 0.05 * unit), 0.13 * unit, 0.03 * unit)
    beard = who.stubble * np.clip(chin + 0.5 * lip, 0, 1)
    return texture - beard * (0.16 + 0.05 * canvas.noise(rng, 1.2))
