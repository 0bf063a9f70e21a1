"""Hair of the head: what frames the face, and what hangs over brows and temples."""

import numpy as np

from data_builders.synthetic.drawing.canvas import ellipse
from data_builders.synthetic.endless.light import Surface
from data_builders.synthetic.endless.person import Person
from data_builders.synthetic.endless.plate import Plate, arc, mix


def top_of(who: Person) -> float:
    """Returns y of the skull's top, brow spans."""
    return float(who.points[19, 1] - 1.25 * who.who.hairline)


def strands(plate: Plate, who: Person) -> np.ndarray:
    """Returns hair's light and dark strands as a factor about 1."""
    rng = who.draws("strands")
    if who.haircut == "curly":
        return 1 + 0.16 * plate.noise(rng, 0.03, 0.03) + 0.15 * plate.noise(rng, 0.08, 0.08)
    return 1 + 0.17 * plate.noise(rng, 0.010, 0.10) + 0.15 * plate.noise(rng, 0.03, 0.2)


def outline(who: Person, points: np.ndarray) -> np.ndarray:
    """Returns the outline of the face [n, 2]: the jaw, and half an ellipse over the forehead."""
    top, angle = top_of(who), np.linspace(0, np.pi, 15)[1:-1]
    half = (points[16, 0] - points[0, 0]) / 2
    middle = (points[16, 0] + points[0, 0]) / 2
    up = (points[0, 1] - top) * np.sin(angle) ** 0.9
    forehead = np.stack([middle + half * np.cos(angle), points[0, 1] - up], axis=1)
    return arc(np.concatenate([points[:17], forehead]), closed=True)


def behind(plate: Plate, who: Person, points: np.ndarray) -> np.ndarray:
    """Returns the mask of the hair that is seen beside and above the head."""
    if who.haircut == "bald":
        return plate.full(0)
    top, wide = top_of(who), who.who.hair_volume
    half = (points[16, 0] - points[0, 0]) / 2 * wide
    middle = (points[16, 0] + points[0, 0]) / 2
    shape = ellipse((middle, (top + points[2, 1]) / 2), half, (points[2, 1] - top) / 2 * 1.08)
    if who.who.hair_length > 0.55:
        below = np.maximum(shape[:, 1] - points[1, 1], 0)
        shape[:, 1] += below * 2.6 * who.who.hair_length
    return plate.polygon(shape, blur=0.012)


def before(plate: Plate, surface: Surface, who: Person, points: np.ndarray, look) -> None:
    """Lays the hairline and the temples over the skin; `look` is of `strands`."""
    if who.haircut == "bald":
        return
    rng = who.draws("hairline")
    left, right = points[0], points[16]
    line = points[19, 1] - 0.80 * who.who.hairline - 0.05 + 0.10 * rng.uniform(-1, 1)
    part = rng.uniform(-0.3, 0.3) if who.haircut == "side" else 0.0
    side = 0.05 * (who.haircut == "bowl") + 0.03
    edge = [
        [left[0] - 0.02, left[1] - 0.02],
        [left[0] + side, points[17, 1] - 0.03],
        [left[0] + 0.15, line + 0.07],
        [part, line - 0.02 * (who.haircut == "back")],
        [right[0] - 0.15, line + 0.07],
        [right[0] - side, points[26, 1] - 0.03],
        [right[0] + 0.02, right[1] - 0.02],
    ]
    crown = [[1.3, right[1]], [1.3, -0.8], [-1.3, -0.8], [-1.3, left[1]]]
    mask = plate.polygon(np.concatenate([arc(edge), crown]), blur=0.018)
    mask = np.clip(mask * (1 + 0.35 * (look - 1)), 0, 1)
    look = np.clip(look, 0.4, 1.8)
    mix(surface.albedo, who.hair * look, mask)
    surface.height += 0.03 * mask + 0.003 * (look - 1) * mask
    surface.gloss *= 1 - mask
    surface.gloss += 0.02 * mask * look


def hanging(plate: Plate, who: Person, points: np.ndarray) -> np.ndarray | None:
    """Returns the mask of hair over brows and temples, None where there is none."""
    if not (who.fringe or who.temples):
        return None
    rng = who.draws("fringe")
    mask = plate.full(0)
    if who.fringe:
        low = points[19, 1] - 0.22 + 0.30 * who.fringe
        x = np.linspace(-0.62, 0.62, 14)
        slant = rng.uniform(-0.25, 0.25)
        y = low + slant * x + rng.normal(0, 0.022, 14) - 0.25 * np.abs(x) ** 2
        lock = np.concatenate([np.stack([x, y], 1), [[0.62, -0.8], [-0.62, -0.8]]])
        mask = np.maximum(mask, plate.polygon(lock, blur=0.010))
    if who.temples:
        for k, side in ((0, -1), (16, 1)):
            if rng.uniform() < 0.25:
                continue
            reach = points[k, 0] - side * 0.18 * who.temples * rng.uniform(0.5, 1)
            low = rng.uniform(0.5, 1.5)
            shape = [
                [reach * 0.75, -0.8], [reach, 0.0], [reach, 0.5 * low], [reach * 1.12, low],
                [side * 1.3, low], [side * 1.3, -0.8],
            ]  # fmt: skip
            mask = np.maximum(mask, plate.polygon(arc(shape, closed=True), blur=0.012))
    return mask
