"""Eyes, brows, nose and mouth, drawn onto the lit skin from the landmarks."""

import numpy as np

from data_builders.synthetic.drawing.canvas import Canvas, curve, ellipse
from data_builders.synthetic.drawing.identity import BROWS, EYES, MOUTH, Identity

BROW_HAIRS = 220


def eyes(canvas: Canvas, who: Identity, points: np.ndarray) -> None:
    """Draws sockets, lids, whites, irises and lashes."""
    middle = points[27:31, 0].mean()
    for eye, inner in zip(EYES, (39, 42), strict=True):
        corners = points[eye]
        _socket(canvas, who.scale, corners.mean(axis=0), points[inner], middle)
        opening = canvas.polygon(
            np.concatenate([curve(corners[:4]), curve(corners[[3, 4, 5, 0]])]), blur=0.35
        )
        _ball(canvas, who, corners, opening)
        _lids(canvas, who, corners)


def _socket(canvas: Canvas, unit: float, centre, inner, middle: float) -> None:
    x, y = centre
    bridge_side = inner[0] + np.sign(middle - x) * 0.02 * unit
    canvas.darken(canvas.blob((x, y - 0.045 * unit), 0.10 * unit, 0.030 * unit), 0.14)
    canvas.darken(canvas.blob((bridge_side, y - 0.01 * unit), 0.035 * unit, 0.05 * unit), 0.20)
    canvas.darken(canvas.blob((x, y + 0.055 * unit), 0.07 * unit, 0.018 * unit), 0.10)


def _ball(canvas: Canvas, who: Identity, corners: np.ndarray, opening: np.ndarray) -> None:
    """Draws the white, the iris, the pupil and its glint inside the mask `opening`."""
    unit, (x, y) = who.scale, corners.mean(axis=0)
    open_height = np.ptp(corners[:, 1])
    upper = corners[[1, 2], 1].mean()
    canvas.paint(np.array([215, 209, 205]) * who.gain, opening)
    lid_shadow = canvas.blob((x, corners[:, 1].min()), 0.12 * unit, 0.022 * unit)
    canvas.darken(opening * lid_shadow, 0.38)
    for corner in corners[[0, 3]]:
        canvas.darken(opening * canvas.blob(corner, 0.02 * unit), 0.22)
    centre, radius = (
        (x + 0.002 * unit, y - 0.05 * open_height),
        max(0.043 * unit, 0.48 * open_height),
    )
    canvas.paint(_iris(canvas, who, centre, radius), canvas.disc(centre, radius) * opening)
    canvas.paint([10, 9, 9], canvas.disc(centre, 0.46 * radius) * opening)
    glint = (centre[0] + 0.35 * radius, centre[1] - 0.35 * radius)
    canvas.paint([250, 250, 250], 0.9 * canvas.disc(glint, 1.5) * opening)
    canvas.darken(opening * canvas.blob((x, upper), 0.12 * unit, 0.010 * unit), 0.35)


def _iris(canvas: Canvas, who: Identity, centre, radius: float) -> np.ndarray:
    across, down = canvas.x - centre[0], canvas.y - centre[1]
    out = np.hypot(across, down) / radius
    rays = 0.10 * np.sin(17 * np.arctan2(down, across) + who.seed) * out
    rim = 1 - 0.45 * np.clip((out - 0.82) / 0.18, 0, 1)
    return who.iris * ((0.75 + 0.35 * out + rays) * rim)[..., None]


def _lids(canvas: Canvas, who: Identity, corners: np.ndarray) -> None:
    unit = who.scale
    upper, lower = curve(corners[:4]), curve(corners[[3, 4, 5, 0]])
    canvas.paint(who.hair * 0.35 + 8, 0.88 * canvas.line(upper - (0, 0.3), 1.7, blur=0.45))
    canvas.paint(who.skin * 0.5, 0.45 * canvas.line(lower + (0, 0.5), 0.8, blur=0.5))
    lift = np.array([[0, -0.01], [0, -0.035], [0, -0.035], [0, -0.02]]) * unit
    canvas.darken(canvas.line(curve(corners[:4] + lift), 1.0, blur=0.7), 0.42)
    drop = np.array([[0.01, 0.03], [0, 0.045], [0, 0.045], [-0.005, 0.035]]) * unit
    canvas.darken(canvas.line(curve(corners[[0, 5, 4, 3]] + drop), 1.0, blur=1.4), 0.22)


def brows(canvas: Canvas, who: Identity, points: np.ndarray, rng: np.random.Generator) -> None:
    """Draws each brow as a soft shape with single hairs in it."""
    taper = np.array([0.45, 0.85, 1.0, 1.0, 0.8])
    for brow, shape, side in zip(BROWS, (taper, taper[::-1]), (-1, 1), strict=True):
        thickness = who.brow_thickness * who.scale * shape
        shift = np.stack([np.zeros(5), thickness], axis=1)
        top, bottom = curve(points[brow] - 0.15 * shift), curve(points[brow] + 0.85 * shift)
        body = canvas.polygon(np.concatenate([top, bottom[::-1]]), blur=0.9)
        along = rng.integers(0, len(top) - 1, BROW_HAIRS)
        across = rng.uniform(-0.05, 1.05, (BROW_HAIRS, 1))
        roots = top[along] + (bottom[along] - top[along]) * across
        hair = rng.uniform((0.5, -0.7), (1.0, 0.25), (BROW_HAIRS, 2)) * [side, 1]
        tips = roots + 0.035 * who.scale * hair
        hairs = canvas.strokes(roots, tips, rng.uniform(0.5, 1, BROW_HAIRS))
        mask = np.clip(body * (0.70 + 0.48 * hairs), 0, 1) * who.brow_darkness
        canvas.paint(who.hair * 0.75 + 6, mask)


def nose(canvas: Canvas, who: Identity, points: np.ndarray) -> None:
    """Draws the wings, nostrils and shadows of the nose."""
    unit, middle = who.scale, points[27:31, 0].mean()
    for k, side in ((31, -1), (35, 1)):
        wing = (points[k, 0] + side * 0.005 * unit, points[k, 1] - 0.035 * unit)
        canvas.darken(canvas.blob(wing, 0.014 * unit, 0.030 * unit), 0.26)
    base = curve(points[31:36] + (0, 0.006 * unit))
    canvas.darken(canvas.line(base, 1.6, blur=1.0), 0.45)
    for k, side in ((32, 1), (34, -1)):
        hole = (points[k, 0] - side * 0.004 * unit, points[k, 1] - 0.018 * unit)
        nostril = canvas.polygon(ellipse(hole, 0.026 * unit, 0.011 * unit), blur=0.7)
        canvas.paint(who.skin * 0.20, 0.85 * nostril)
    below = (middle, points[33, 1] + 0.025 * unit)
    canvas.darken(canvas.blob(below, 0.075 * unit, 0.016 * unit), 0.22)
    bridge = points[28:30, 1].mean()
    for side in (-1, 1):
        flank = (middle + side * 0.062 * unit, bridge)
        canvas.darken(canvas.blob(flank, 0.018 * unit, 0.10 * unit), 0.13)


def mouth(
    canvas: Canvas, who: Identity, points: np.ndarray, light: np.ndarray, rng: np.random.Generator
) -> None:
    """Draws the lips under `light`, the line between them, the philtrum and the folds beside."""
    unit, middle = who.scale, points[27:31, 0].mean()
    philtrum = (middle, points[[33, 51], 1].mean())
    canvas.darken(canvas.blob(philtrum, 0.012 * unit, 0.03 * unit), 0.10)
    grain = 1 + 0.05 * canvas.noise(rng, 0.6, stretch=8)
    inner, outer = points[60:68], points[48:60]
    upper = [*curve(outer[:7]), *curve(inner[4::-1])]
    lower = [*curve(outer[[6, 7, 8, 9, 10, 11, 0]]), *curve(inner[[0, 7, 6, 5, 4]])]
    for lip, shade in ((upper, 0.80), (lower, 1.0)):
        colour = (who.lip * who.gain) * (shade * grain * np.clip(light, 0.5, 1.1))[..., None]
        canvas.paint(colour, 0.85 * canvas.polygon(lip, blur=0.8))
    wet = (middle, 0.45 * points[66, 1] + 0.55 * points[57, 1])
    canvas.image += (22 * canvas.blob(wet, 0.055 * unit, 0.012 * unit))[..., None]
    between = (inner[[1, 2, 3]] + inner[[7, 6, 5]]) / 2
    line = curve(np.concatenate([outer[:1], between, outer[6:7]]))
    canvas.paint(who.lip * 0.28, 0.85 * canvas.line(line, 1.6, blur=0.6))
    for corner in points[MOUTH][[0, 6]]:
        canvas.darken(canvas.blob(corner, 0.016 * unit, 0.012 * unit), 0.35)
    canvas.darken(
        canvas.blob((middle, points[57, 1] + 0.035 * unit), 0.085 * unit, 0.016 * unit), 0.24
    )
    _folds(canvas, unit, points)


def _folds(canvas: Canvas, unit: float, points: np.ndarray) -> None:
    """Draws the nasolabial folds, from the wings of the nose past the corners of the mouth."""
    for wing, corner, side in ((31, 48, -1), (35, 54, 1)):
        start = points[wing] + [side * 0.03 * unit, -0.03 * unit]
        half = (points[wing] + points[corner]) / 2 + [side * 0.055 * unit, -0.03 * unit]
        end = points[corner] + [side * 0.055 * unit, -0.01 * unit]
        canvas.darken(canvas.line(curve([start, half, end]), 1.4, blur=1.8), 0.24)
