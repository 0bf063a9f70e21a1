"""The face's height towards the camera: in detail for the light, smooth for turns of the head."""

import numpy as np

from data_builders.synthetic.drawing.identity import BROWS, EYES
from data_builders.synthetic.endless.movement import Bumps
from data_builders.synthetic.endless.plate import Plate


def depth(points: np.ndarray, *, features: bool = True) -> tuple[Bumps, np.ndarray]:
    """Returns the height by which a head turns: K bumps and their heights [K], brow spans.

    points: the landmarks [68, 2]. features: False for the head alone, on which glasses sit.
    """
    top, chin = points[19, 1], points[8, 1]
    half = (points[16, 0] - points[0, 0]) / 2
    middle = (0.0, (top + chin) / 2 - 0.1)
    rows = [(0.78, middle, 0.98 * half, 0.80)]
    if features:
        bridge, tip = points[28], points[30]
        rows += [
            (0.055, bridge, 0.09, 0.13),
            (0.125, (tip[0], tip[1] - 0.03), 0.10, 0.10),
            (0.030, points[51:52].mean(axis=0), 0.16, 0.07),
            (0.020, points[57], 0.14, 0.06),
            (0.045, (points[8, 0], points[8, 1] - 0.10), 0.13, 0.09),
        ]
        rows += [(-0.035, points[eye].mean(axis=0), 0.10, 0.06) for eye in EYES]
        rows += [(0.015, points[brow].mean(axis=0), 0.13, 0.05) for brow in BROWS]
    _, centres, *sizes = zip(*rows, strict=True)
    bumps = Bumps(np.array(centres, np.float32), np.array(sizes, np.float32).T)
    return bumps, np.array([row[0] for row in rows], np.float32)


def height(plate: Plate, points: np.ndarray, top: float) -> np.ndarray:
    """Returns the height of skin and bone, [H, W] brow spans; `top` is y of the skull's top."""
    chin = points[8, 1]
    half_width = (points[16, 0] - points[0, 0]) / 2 * 1.06
    half_height = (chin - top) / 2 * 1.04
    radius = (plate.x / half_width) ** 2 + ((plate.y - (top + chin) / 2) / half_height) ** 2
    head = 0.62 * np.sqrt(np.maximum(1 - 0.93 * radius, 0.02))
    rough = plate.soft(head + _nose(plate, points), 0.012)
    return plate.soft(rough + _features(plate, points), 0.007)


def _nose(plate: Plate, points: np.ndarray) -> np.ndarray:
    root, tip = points[27], points[30]
    down = np.clip((plate.y - root[1]) / (tip[1] - root[1]), 0, 1)
    width = 0.045 + 0.022 * down
    middle = root[0] + (tip[0] - root[0]) * down
    end = 1 / (1 + np.exp((plate.y - tip[1] - 0.030) / 0.026))
    start = np.clip((plate.y - root[1] + 0.08) / 0.08, 0, 1)
    ridge = (0.22 + 0.72 * down) * end * start * np.exp(-0.5 * ((plate.x - middle) / width) ** 2)
    nose = 0.125 * ridge + 0.075 * plate.blob((tip[0], tip[1] + 0.014), 0.060, 0.054)
    wide = (points[35, 0] - points[31, 0]) / 0.25
    for k, side in ((31, -1), (35, 1)):
        wing = (points[k, 0] - side * 0.012 * wide, points[k, 1] - 0.024)
        nose += 0.052 * plate.blob(wing, 0.034 * wide, 0.036)
    return nose


def _features(plate: Plate, points: np.ndarray) -> np.ndarray:
    """Returns sockets, brow ridges, cheekbones, lips, philtrum and chin."""
    rows = []
    for eye in EYES:
        x, y = points[eye].mean(axis=0)
        rows += [(-0.080, (x, y - 0.02), 0.10, 0.055), (0.052, (x, y), 0.062, 0.042)]
    rows += [(0.032, points[brow][1:4].mean(axis=0), 0.12, 0.035) for brow in BROWS]
    for side in (1, 15):
        rows.append((0.055, (points[side, 0] * 0.60, points[side, 1] + 0.04), 0.10, 0.08))
    nose, upper, lower, chin = points[33, 1], points[51, 1], points[57, 1], points[8, 1]
    x = points[62, 0]
    wide = (points[54, 0] - points[48, 0]) / 0.47
    line = (points[62, 1] + points[66, 1]) / 2
    rows += [
        (0.045, (x, (upper + line) / 2), 0.14 * wide, 0.07),
        (0.016, (x, (upper + points[62, 1]) / 2), 0.11 * wide, 0.018),
        (0.024, (x, (lower + points[66, 1]) / 2), 0.09 * wide, 0.022),
        (-0.024, (x, lower + 0.042), 0.10 * wide, 0.028),
        (0.040, (points[8, 0], chin - 0.10), 0.10, 0.06),
        (-0.010, (x, (nose + upper) / 2), 0.014, 0.035),
    ]
    relief = plate.full(0)
    for rise, centre, across, down in rows:
        relief += rise * plate.blob(centre, across, down)
    return relief
