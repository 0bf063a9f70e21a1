"""Glasses: rims, bridge and temples, with lenses that mirror a little of the lamp."""

import numpy as np

from data_builders.synthetic.drawing.identity import EYES
from data_builders.synthetic.endless.moment import Lamp
from data_builders.synthetic.endless.person import Person
from data_builders.synthetic.endless.plate import Plate


def draw(plate: Plate, who: Person, lamp: Lamp, points, layer) -> None:
    """Lays glasses over `layer`, the light times cover and the cover [H, W] of what is worn."""
    rng = who.draws("rims")
    light, _ = layer
    wide, tall, power = who.glasses_shape
    tone = min(float(rng.choice([0.008, 0.02, 0.06, 0.14])), 0.5 * who.skin) * (
        lamp.ambient + lamp.key
    )
    rims, lenses, hinges = plate.full(0), plate.full(0), []
    for eye, side in zip(EYES, (-1, 1), strict=True):
        x, y = points[eye].mean(axis=0)
        centre = (x + 0.012 * side, y + 0.012)
        shape = _rim(centre, min(wide, abs(x) - 0.022), tall, power)
        lenses = np.maximum(lenses, plate.polygon(shape))
        closed = np.concatenate([shape, shape[:2]])
        rims = np.maximum(rims, plate.line(closed, who.glasses, blur=0.003))
        hinges.append((shape[:, 0].min() if side < 0 else shape[:, 0].max(), centre[1] - 0.02))
        end = (points[0 if side < 0 else 16, 0], points[0, 1])
        rims = np.maximum(rims, plate.line([hinges[-1], end], who.glasses, blur=0.003))
    inner = points[[39, 42], 0] * 0.55
    y = points[[39, 42], 1].mean() - 0.015
    bridge = [[inner[0] - 0.02, y + 0.01], [0, y - 0.012], [inner[1] + 0.02, y + 0.01]]
    rims = np.maximum(rims, plate.line(bridge, max(who.glasses, 0.014), blur=0.003))
    _over(layer, tone * 0.5, lenses * (0.82 if who.dark_glasses else 0.06))
    mirror = np.clip(np.sin(7 * (plate.x + 0.5 * plate.y) + rng.uniform(0, 6)), 0, 1) ** 3
    light += 0.05 * rng.uniform(0, 1) * lamp.key * mirror * lenses
    _over(layer, tone, 0.95 * rims)


def _rim(centre, wide: float, tall: float, power: float) -> np.ndarray:
    """Returns a superellipse [64, 2]: `power` 2 is an ellipse, more a rounded box."""
    angle = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    cos, sin = np.cos(angle), np.sin(angle)
    x = centre[0] + wide * np.sign(cos) * np.abs(cos) ** (2 / power)
    y = centre[1] + tall * np.sign(sin) * np.abs(sin) ** (2 / power)
    return np.stack([x, y], axis=1)


def _over(layer: tuple[np.ndarray, np.ndarray], tone: float, mask: np.ndarray) -> None:
    light, cover = layer
    light += mask * (tone - light)
    cover += mask * (1 - cover)
