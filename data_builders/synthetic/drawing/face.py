"""One neutral face: background, hair, neck, ears, skin and features, and its landmarks."""

import dataclasses

import cv2
import numpy as np

from data_builders.synthetic.drawing import features, shading
from data_builders.synthetic.drawing.canvas import SCALE, Canvas, curve, ellipse
from data_builders.synthetic.drawing.identity import HEIGHT, WIDTH, Identity, landmarks


@dataclasses.dataclass(frozen=True)
class Face:
    """A face at rest.

    image: float32 [HEIGHT·SCALE, WIDTH·SCALE, 3], RGB from 0 to 255, supersampled.
    landmarks: [68, 2], (x, y) px of the final image.
    """

    who: Identity
    image: np.ndarray
    landmarks: np.ndarray


@dataclasses.dataclass(frozen=True)
class _Head:
    """Where the head's outline lies, px."""

    top: float  # y of the top of the hair
    half_width: float  # of the hair
    centre: tuple[float, float]  # of the hair


def draw_face(who: Identity) -> Face:
    """Draws a person's neutral face; the same person gives the same pixels."""
    rng = np.random.default_rng([who.seed, 1])
    points = landmarks(who)
    head = _head(who, points)
    canvas = Canvas(who.background)
    _background(canvas, who, rng)
    strands = _strands(canvas, rng)
    _hair_behind(canvas, who, points, head, strands)
    _neck_and_shirt(canvas, who, points, rng)
    _ears(canvas, who, points)
    light, shine = shading.shade(canvas, who, points, head.top)
    lit = shading.skin(canvas, who, points, light, shine, rng)
    canvas.paint(lit, canvas.polygon(_outline(points, head), blur=0.7))
    features.eyes(canvas, who, points)
    features.brows(canvas, who, points, rng)
    features.nose(canvas, who, points)
    features.mouth(canvas, who, points, light, rng)
    _hair_in_front(canvas, who, points, head, strands, rng)
    image = cv2.GaussianBlur(canvas.image * who.gain, (0, 0), 0.55 * SCALE)
    return Face(who, np.clip(image, 0, 255).astype(np.float32), points)


def _head(who: Identity, points: np.ndarray) -> _Head:
    left, right = points[0], points[16]
    top = points[19, 1] - who.hairline * who.scale * 1.25
    half_width = (right[0] - left[0]) / 2 * who.hair_volume
    return _Head(top, half_width, ((left[0] + right[0]) / 2, (top + points[2, 1]) / 2))


def _background(canvas: Canvas, who: Identity, rng: np.random.Generator) -> None:
    fall_off = 0.06 * (canvas.x - WIDTH / 2) / WIDTH * np.sign(who.light[0])
    fall_off = fall_off - 0.08 * (canvas.y - HEIGHT / 2) / HEIGHT
    cloth = 0.012 * canvas.noise(rng, 40) + 0.006 * canvas.noise(rng, 3)
    canvas.image *= (1 + fall_off + cloth)[..., None]


def _strands(canvas: Canvas, rng: np.random.Generator) -> np.ndarray:
    """Returns the texture of hair as a factor about 1."""
    return 1 + 0.13 * canvas.noise(rng, 2.0) + 0.17 * canvas.noise(rng, 1.2, stretch=12)


def _hair_behind(canvas: Canvas, who: Identity, points, head: _Head, strands: np.ndarray) -> None:
    outline = ellipse(head.centre, head.half_width, (points[2, 1] - head.top) / 2 * 1.08)
    if who.hair_length > 0.55:
        below = np.maximum(outline[:, 1] - head.centre[1], 0)
        outline[:, 1] += below * 1.2 * who.hair_length
    canvas.paint((who.hair * 0.8) * strands[..., None], canvas.polygon(outline, blur=1.2))


def _neck_and_shirt(canvas: Canvas, who: Identity, points, rng: np.random.Generator) -> None:
    unit, chin, middle = who.scale, points[8], points[27:31, 0].mean()
    left, right, bottom = points[4], points[12], HEIGHT + 20
    neck = canvas.polygon(
        [
            [left[0] + 0.05 * unit, left[1] - 5],
            [right[0] - 0.05 * unit, right[1] - 5],
            [right[0] - 0.03 * unit, bottom],
            [left[0] + 0.03 * unit, bottom],
        ],
        blur=1,
    )
    canvas.paint(who.skin * 0.70, neck)
    under = canvas.blob((middle, chin[1] + 0.05 * unit), 0.5 * unit, 0.14 * unit)
    canvas.darken(neck * under, 0.35)
    shoulder, collar = chin[1] + 0.50 * unit, chin[1] + 0.26 * unit
    shirt = canvas.polygon(
        [
            [-20, bottom],
            [-20, shoulder],
            [left[0] - 0.05 * unit, collar],
            [middle, chin[1] + 0.42 * unit],
            [right[0] + 0.05 * unit, collar],
            [WIDTH + 20, shoulder],
            [WIDTH + 20, bottom],
        ],
        blur=1,
    )
    canvas.paint(who.shirt * (1 + 0.05 * canvas.noise(rng, 4))[..., None], shirt)


def _ears(canvas: Canvas, who: Identity, points: np.ndarray) -> None:
    unit = who.scale
    shown = 1.0 if who.hair_length < 0.75 else 0.2  # long hair covers them
    for k, side in ((0, -1), (16, 1)):
        centre = (points[k, 0] + side * 0.03 * unit, points[k, 1] + 0.10 * unit)
        ear = canvas.polygon(ellipse(centre, 0.055 * unit * who.ears, 0.15 * unit), blur=1) * shown
        canvas.paint(who.skin * 0.82, ear)
        canvas.darken(ear * canvas.blob(centre, 0.02 * unit, 0.07 * unit), 0.25)


def _outline(points: np.ndarray, head: _Head) -> np.ndarray:
    """Returns the face's outline: the jaw, and half an ellipse over the forehead."""
    angle = np.linspace(0, np.pi, 15)[1:-1]
    across = (points[16, 0] - points[0, 0]) / 2 * np.cos(angle)
    up = (points[0, 1] - head.top) * np.sin(angle) ** 0.9
    forehead = np.stack([head.centre[0] + across, points[0, 1] - up], axis=1)
    return curve(np.concatenate([points[:17], forehead]), closed=True)


def _hair_in_front(
    canvas: Canvas, who: Identity, points, head: _Head, strands: np.ndarray, rng
) -> None:
    unit, middle = who.scale, points[27:31, 0].mean()
    left, right, temple = points[0], points[16], points[0, 1]
    line = points[19, 1] - who.hairline * unit * 0.80
    parting = middle + rng.uniform(-0.125, 0.125) * unit
    angle = np.linspace(-0.08 * np.pi, 1.08 * np.pi, 40)
    crown = np.stack(
        [
            head.centre[0] + head.half_width * np.cos(angle),
            temple - (temple - head.top + 0.06 * unit) * 1.02 * np.sin(angle),
        ],
        axis=1,
    )
    edge = [
        [left[0] + 0.01 * unit, left[1] - 0.02 * unit],
        [left[0] + 0.04 * unit, points[17, 1] - 0.03 * unit],
        [left[0] + 0.17 * unit, line + 0.06 * unit],
        [parting, line - 0.01 * unit],
        [right[0] - 0.17 * unit, line + 0.06 * unit],
        [right[0] - 0.04 * unit, points[26, 1] - 0.03 * unit],
        [right[0] - 0.01 * unit, right[1] - 0.02 * unit],
    ]
    mask = canvas.polygon(np.concatenate([crown, curve(edge)]), blur=1.6)
    lamp = (middle - who.light[0] * 0.4 * unit, (head.top + line) / 2)
    shine = 0.85 + 0.35 * canvas.blob(lamp, 0.35 * unit, 0.10 * unit)
    canvas.paint(who.hair * (strands * shine)[..., None], mask)
