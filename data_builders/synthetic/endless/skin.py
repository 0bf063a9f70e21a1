"""Skin: its unevenness, its spots, wrinkles and beard."""

import numpy as np

from data_builders.synthetic.drawing.identity import EYES
from data_builders.synthetic.endless.light import Surface
from data_builders.synthetic.endless.person import Person
from data_builders.synthetic.endless.plate import Plate, arc, mix


def texture(plate: Plate, surface: Surface, who: Person, points: np.ndarray) -> None:
    """Mottles the skin: pale and ruddy places, pores, freckles and moles."""
    rng = who.draws("skin")
    uneven = 0.045 * plate.noise(rng, 0.012, 0.012) + 0.055 * plate.noise(rng, 0.035, 0.035)
    uneven += 0.06 * plate.noise(rng, 0.13, 0.13)
    ruddy = plate.blob(points[30], 0.07)
    for side in (1, 15):
        ruddy = ruddy + plate.blob((points[side, 0] * 0.62, points[2, 1] - 0.02), 0.12, 0.09)
    surface.albedo *= 1 + who.mottle * uneven - 0.12 * who.mottle * ruddy
    surface.height += 0.0006 * who.mottle * plate.noise(rng, 0.008, 0.008)
    for _ in range(int(rng.integers(0, 4) + 6 * who.age**2)):
        where, size = rng.uniform((-0.5, -0.25), (0.5, 1.1)), rng.uniform(0.006, 0.018)
        surface.albedo *= 1 - rng.uniform(0.1, 0.55) * plate.blob(where, size)
    if who.who.freckles > 0.3:
        for _ in range(int(60 * who.who.freckles)):
            where = rng.normal((0, 0.47), (0.24, 0.14))
            surface.albedo *= 1 - rng.uniform(0.05, 0.22) * plate.blob(where, 0.010)


def wrinkles(plate: Plate, surface: Surface, who: Person, points: np.ndarray, smile: float) -> None:
    """Cuts folds into the skin: beside the mouth in everybody, the others with age."""
    rng, age = who.draws("wrinkles"), who.age
    fold = 0.25 + 0.75 * age + 9 * smile
    for wing, corner, side in ((31, 48, -1), (35, 54, 1)):
        start = points[wing] + [side * 0.035, -0.035]
        half = (points[wing] + points[corner]) / 2 + [side * 0.062, -0.03]
        end = points[corner] + [side * 0.062, 0.0]
        _cut(plate, surface, [start, half, end], 0.0085 * fold, 0.020)
        end, low = points[corner] + [side * 0.01, 0.03], points[corner] + [side * 0.04, 0.15]
        _cut(plate, surface, [end, low], 0.010 * age**2, 0.014)
    for eye, out in zip(EYES, (36, 45), strict=True):
        corners, side = points[eye], np.sign(points[out, 0])
        drop = 0.05 + 0.02 * age
        bag = corners[[0, 5, 4, 3]] + [[0.01, 0.02], [0, drop], [0, drop], [-0.005, 0.02]]
        _cut(plate, surface, bag, 0.002 + 0.008 * age, 0.012)
        for turn in rng.uniform(-0.6, 0.7, 3).tolist():
            away = points[out] + side * np.array([0.03, 0.0]) + [0, 0.02 * turn]
            tip = away + 0.09 * np.array([side * np.cos(turn), np.sin(turn)])
            _cut(plate, surface, [away, tip], 0.004 * age**2 + 0.03 * smile * age, 0.006)
    _forehead(plate, surface, points, age, rng)


def _forehead(plate: Plate, surface: Surface, points: np.ndarray, age: float, rng) -> None:
    for rise in np.arange(0.08, 0.30, 0.07) + rng.uniform(-0.01, 0.01):
        x = np.linspace(-0.36, 0.36, 6)
        y = points[19, 1] - rise - 0.03 * np.cos(4 * x) + rng.normal(0, 0.006, 6)
        _cut(plate, surface, np.stack([x, y], 1), 0.006 * age**1.5 * rng.uniform(0.3, 1), 0.010)
    for side in (-1, 1):
        at, brow = side * 0.045, points[21, 1]
        line = [[at, brow - 0.04], [at * 0.9, brow + 0.05]]
        _cut(plate, surface, line, 0.006 * age * rng.uniform(0, 1), 0.010)


def _cut(plate: Plate, surface: Surface, points, deep: float, wide: float) -> None:
    """Lowers the skin along a curve by about `deep` and darkens what lies in it."""
    if deep < 0.0006:
        return
    groove = plate.line(arc(points), wide * 0.6, blur=wide * 0.6)
    surface.height -= deep * groove
    surface.albedo *= 1 - min(0.25, 9 * deep) * groove


def beard(plate: Plate, surface: Surface, who: Person, points: np.ndarray) -> None:
    """Grows a beard: hairs where its kind has them, thinner towards its edge."""
    if not who.beard:
        return
    rng = who.draws("hairs")
    where = np.minimum(_beard_mask(plate, who.beard, points), 1)
    grain = plate.noise(rng, 0.006, 0.013)
    dense = 0.35 * who.beard_density if who.beard == "stubble" else 0.55 + 0.4 * who.beard_density
    cover = np.clip(where * (dense + 0.22 * grain * where), 0, 0.97)
    mix(surface.albedo, who.hair * np.clip(1 + 0.3 * grain, 0.4, 2) * 0.9 + 0.004, cover)
    if who.beard != "stubble":
        surface.height += 0.012 * where + 0.0012 * where * grain
    surface.gloss *= 1 - cover


def _beard_mask(plate: Plate, kind: str, points: np.ndarray) -> np.ndarray:
    upper = [points[48] + [-0.03, 0.03], *(points[49:54] + [0, -0.005]), points[54] + [0.03, 0.03]]
    nose = [points[35] + [0.03, 0.075], points[33] + [0, 0.055], points[31] + [-0.03, 0.075]]
    moustache = plate.polygon(arc([*upper, *nose], closed=True), blur=0.012)
    lips = plate.polygon(arc(points[48:60], closed=True), blur=0.008)
    if kind == "moustache":
        return moustache * (1 - lips)
    chin = points[8]
    if kind == "goatee":
        spot = plate.blob((chin[0], (chin[1] + points[57, 1]) / 2 + 0.03), 0.11, 0.11) * 1.6
        spot = np.clip(spot - 0.35, 0, 1) + moustache
        return spot * (1 - lips)
    inner = [points[1] * [0.93, 1], points[2] * [0.80, 1] + [0, 0.03], points[48] + [-0.08, 0.02]]
    inner += [points[57] + [0, 0.03], points[54] + [0.08, 0.02]]
    inner += [points[14] * [0.80, 1] + [0, 0.03], points[15] * [0.93, 1]]
    outer = points[15:0:-1] * [1.03, 1] + [0, 0.03]
    full = plate.polygon(np.concatenate([arc(inner), outer]), blur=0.022)
    return (full + moustache) * (1 - lips)
