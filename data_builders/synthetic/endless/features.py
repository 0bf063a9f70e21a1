"""Eyes, brows, nostrils and lips, laid onto the skin before it is lit."""

import numpy as np

from data_builders.synthetic.drawing.canvas import ellipse
from data_builders.synthetic.drawing.identity import BROWS, EYES
from data_builders.synthetic.endless.light import Surface
from data_builders.synthetic.endless.moment import Rest
from data_builders.synthetic.endless.person import Person
from data_builders.synthetic.endless.plate import Plate, arc, mix

IRIS = 0.055  # radius, brow spans


def eyes(plate: Plate, surface: Surface, who: Person, points: np.ndarray, rest: Rest) -> None:
    """Draws lids, whites, irises, pupils and lashes."""
    for eye in EYES:
        corners = _corners(points, eye)
        upper, lower = arc(corners[:4]), arc(corners[[3, 4, 5, 0]])
        surface.albedo *= 1 - 0.16 * plate.blob(corners.mean(axis=0) + [0, 0.03], 0.12, 0.06)
        opening = plate.polygon(np.concatenate([upper, lower]), blur=0.004)
        _ball(plate, surface, who, corners, opening, rest)
        _lids(plate, surface, who, corners, upper, lower)


def _corners(points: np.ndarray, eye: slice) -> np.ndarray:
    """Returns what an eye is drawn from: corners are marked within the lashes' end."""
    middle = points[eye].mean(axis=0)
    return middle + (points[eye].astype(float) - middle) * (1.07, 1.0)


def _ball(plate: Plate, surface: Surface, who: Person, corners, opening, rest: Rest) -> None:
    x, y = corners.mean(axis=0)
    tall = max(float(np.ptp(corners[:, 1])), 0.02)
    wide = float(np.ptp(corners[:, 0]))
    top = corners[[1, 2], 1].mean()
    white = 0.36 * (1 - 0.35 * ((plate.x - x) / (0.62 * wide)) ** 2)
    white = np.maximum(white * (1 - 0.5 * plate.blob((x, top - 0.004), 0.2, 0.016)), 0.08)
    mix(surface.albedo, white, opening)
    surface.height += 0.01 * opening * plate.blob((x, y), 0.07, 0.06)
    room = max(0.0, wide / 2 - IRIS - 0.01)
    centre = (x + rest.gaze[0] * room, y - 0.10 * tall + rest.gaze[1] * 0.015)
    out = np.sqrt((plate.x - centre[0]) ** 2 + (plate.y - centre[1]) ** 2) / IRIS
    disc = np.clip((1 - out) * IRIS * plate.fine + 0.5, 0, 1) * opening
    rim = 1 - 0.6 * np.clip((out - 0.75) / 0.25, 0, 1)
    mix(surface.albedo, who.iris * rim * (0.7 + 0.5 * out), disc)
    pupil = np.clip((0.42 - out) * IRIS * plate.fine + 0.5, 0, 1) * opening
    mix(surface.albedo, 0.008, pupil)
    shade = opening * plate.blob((x, top), 0.16, 0.014)
    surface.albedo *= 1 - 0.45 * shade
    surface.gloss *= 1 - opening


def glints(plate: Plate, light: np.ndarray, points: np.ndarray, rest: Rest, to, key: float) -> None:
    """Adds to the light [H, W] the lamp as the eyes mirror it."""
    for eye in EYES:
        corners = _corners(points, eye)
        opening = plate.polygon(
            np.concatenate([arc(corners[:4]), arc(corners[[3, 4, 5, 0]])]), blur=0.003
        )
        at = corners.mean(axis=0) + 0.55 * IRIS * np.array([to[0], to[1]]) + 0.01 * rest.gaze
        light += 0.22 * key * opening * plate.blob(at, 0.010)


def _lids(plate: Plate, surface: Surface, who: Person, corners, upper, lower) -> None:
    lash = 0.35 + 0.5 * who.lashes
    thick = 0.009 + 0.007 * who.lashes
    mix(surface.albedo, 0.012, lash * plate.line(upper - (0, 0.003), thick, blur=0.004))
    mix(surface.albedo, 0.25 * who.skin, 0.45 * plate.line(lower + (0, 0.003), 0.008, blur=0.004))
    rim = plate.line(lower + (0, 0.010), 0.010, blur=0.006)
    surface.height += 0.006 * rim
    if who.crease > 0:
        lift = np.array([[0, -0.012], [0, -0.036], [0, -0.036], [0, -0.016]])
        crease = plate.line(arc(corners[:4] + lift), 0.008, blur=0.007)
        surface.height -= 0.012 * who.crease * crease
        surface.albedo *= 1 - 0.35 * who.crease * crease


def brows(plate: Plate, surface: Surface, who: Person, points: np.ndarray) -> None:
    """Draws each brow as hairs that thin out at its ends and its upper edge."""
    rng = who.draws("brows")
    taper = np.array([0.35, 0.75, 0.95, 1.0, 0.85])
    thick = who.who.brow_thickness * rng.uniform(0.6, 1.35)
    dark = np.clip(who.who.brow_darkness * rng.uniform(0.55, 1.1), 0, 0.92)
    grain = plate.noise(rng, 0.012, 0.006)
    for brow, shape in zip(BROWS, (taper, taper[::-1]), strict=True):
        shift = np.stack([np.zeros(5), thick * shape], axis=1)
        top, bottom = arc(points[brow] - 0.25 * shift), arc(points[brow] + 0.75 * shift)
        body = plate.polygon(np.concatenate([top, bottom[::-1]]), blur=0.008)
        cover = np.clip(body * dark * (1 + 0.20 * grain), 0, 0.95)
        mix(surface.albedo, who.brow * (1 + 0.15 * grain) + 0.004, cover)
        surface.height += 0.006 * body
        surface.gloss *= 1 - 0.8 * cover


def nostrils(plate: Plate, surface: Surface, points: np.ndarray) -> None:
    """Draws the nostrils and the shadow that joins them under the tip."""
    wide = (points[35, 0] - points[31, 0]) / 0.25
    for k, side in ((32, 1), (34, -1)):
        hole = (points[k, 0] - side * 0.006, points[k, 1] - 0.016)
        mask = plate.polygon(ellipse(hole, 0.026 * wide, 0.012), blur=0.006)
        mix(surface.albedo, 0.012, 0.85 * mask)
    base = plate.line(arc(points[31:36] + (0, 0.004)), 0.012, blur=0.010)
    surface.albedo *= 1 - 0.30 * base
    for k, side in ((31, -1), (35, 1)):
        groove = plate.blob((points[k, 0] + side * 0.006, points[k, 1] - 0.035), 0.012, 0.030)
        surface.height -= 0.016 * groove
        surface.albedo *= 1 - 0.15 * groove


def mouth(plate: Plate, surface: Surface, who: Person, points: np.ndarray, opened: float) -> None:
    """Draws the lips, what is between them, and the corners; opened: brow spans."""
    rng = who.draws("lips")
    outer, inner = points[48:60].astype(float), points[60:68].astype(float)
    grain = plate.noise(rng, 0.006, 0.04)
    upper = [*arc(outer[:7]), *arc(inner[4::-1])]
    lower = [*arc(outer[[6, 7, 8, 9, 10, 11, 0]]), *arc(inner[[0, 7, 6, 5, 4]])]
    for lip, shade in ((upper, 0.90), (lower, 1.0)):
        mask = plate.polygon(lip, blur=0.009)
        tone = who.skin * (who.lips * shade) * (1 + 0.06 * grain)
        mix(surface.albedo, tone, 0.9 * mask)
        surface.gloss += 0.4 * float(who.skin) * 0.1 * mask
    if opened > 0.012:
        _between(plate, surface, inner, opened, rng)
    line = arc(np.concatenate([outer[:1], (inner[[1, 2, 3]] + inner[[7, 6, 5]]) / 2, outer[6:7]]))
    if opened <= 0.03:
        mix(surface.albedo, 0.12 * who.skin, 0.8 * plate.line(line, 0.012, blur=0.005))
        surface.height -= 0.012 * plate.line(line, 0.012, blur=0.008)
    for k in (48, 54):
        surface.albedo *= 1 - 0.35 * plate.blob(points[k], 0.018, 0.013)
        surface.height -= 0.012 * plate.blob(points[k], 0.020, 0.016)


def _between(plate: Plate, surface: Surface, inner: np.ndarray, opened: float, rng) -> None:
    """Draws the dark of an open mouth with teeth and tongue."""
    gap = np.concatenate([arc(inner[:5]), arc(inner[[4, 5, 6, 7, 0]])])
    mask = plate.polygon(gap, blur=0.005)
    x, top, low = inner[2, 0], inner[1:4, 1].mean(), inner[5:8, 1].mean()
    mix(surface.albedo, 0.02, mask)
    shown = (low - top) * rng.uniform(-0.2, 0.9)
    teeth = mask * np.clip(((top + shown) - plate.y) / 0.010, 0, 1)
    gaps = 1 - 0.10 * np.maximum(np.cos((plate.x - x) * 2 * np.pi / 0.055), 0) ** 6
    mix(surface.albedo, 0.55 * gaps * np.exp(-0.5 * ((plate.x - x) / 0.15) ** 2), 0.92 * teeth)
    tongue = mask * plate.blob((x, low + 0.005), 0.09, max(0.02, 0.3 * opened))
    mix(surface.albedo, 0.12, 0.8 * tongue)
    surface.gloss *= 1 - 0.7 * mask
