"""Action units as smooth displacement fields, and the units that code each emotion.

An action unit is a few Gaussian bumps that push the skin (Ekman and Friesen's FACS says what each
muscle moves). Bumps are anchored at landmarks of the image's left half and mirrored to the right.
"""

import dataclasses

import numpy as np

from mol_jax.errors import UserError


@dataclasses.dataclass(frozen=True)
class Bump:
    """One push. Lengths in brow spans, x to the image's right, y down.

    anchors: landmarks of the image's left half, whose mean is the centre. offset: from there.
    push: direction and weight at the centre. size: standard deviations. paired: mirrored as well.
    """

    anchors: tuple[int, ...]
    offset: tuple[float, float]
    push: tuple[float, float]
    size: tuple[float, float]
    paired: bool = True


UNITS: dict[int, tuple[Bump, ...]] = {
    # inner brow raiser
    1: (Bump((20, 21), (0, -0.04), (0.05, -1.0), (0.075, 0.085)),),
    # outer brow raiser
    2: (Bump((17, 18, 19), (0, -0.03), (-0.1, -1.0), (0.085, 0.08)),),
    # brow lowerer
    4: (
        Bump((20, 21), (0, 0), (0.45, 0.9), (0.08, 0.075)),
        Bump((18, 19), (0, 0), (0.1, 0.6), (0.08, 0.07)),
    ),
    # cheek raiser
    6: (
        Bump((40, 41), (-0.03, 0.10), (0.1, -1.0), (0.11, 0.065)),
        Bump((40, 41), (0, 0.01), (0, -0.5), (0.07, 0.045)),
    ),
    # lid tightener
    7: (
        Bump((40, 41), (0, 0.015), (0, -0.9), (0.07, 0.06)),
        Bump((37, 38), (0, -0.015), (0, 0.35), (0.07, 0.06)),
    ),
    # nose wrinkler
    9: (
        Bump((31,), (-0.01, -0.06), (-0.05, -0.9), (0.06, 0.07)),
        Bump((21,), (0.04, 0.06), (0.1, 0.5), (0.06, 0.06)),
    ),
    # lip corner puller
    12: (
        Bump((48,), (-0.01, 0), (-0.75, -0.75), (0.085, 0.075)),
        Bump((48,), (-0.10, -0.17), (-0.1, -0.45), (0.11, 0.09)),
    ),
    # dimpler
    14: (Bump((48,), (-0.02, 0), (1.0, -0.1), (0.065, 0.06)),),
    # lip corner depressor
    15: (Bump((48,), (0, 0.01), (-0.15, 1.0), (0.075, 0.07)),),
    # chin raiser
    17: (
        Bump((8,), (0, -0.11), (0, -1.0), (0.13, 0.08), paired=False),
        Bump((57,), (0, 0), (0, -0.65), (0.10, 0.05), paired=False),
    ),
    # lip stretcher
    20: (Bump((48,), (-0.02, 0.01), (-1.0, 0.15), (0.085, 0.07)),),
    # jaw drop
    26: (
        Bump((8,), (0, -0.06), (0, 1.0), (0.22, 0.12), paired=False),
        Bump((57,), (0, 0.01), (0, 0.85), (0.13, 0.06), paired=False),
    ),
}

# Landmarks of the left half that anchor a bump, and their partners on the right.
PARTNER = {17: 26, 18: 25, 19: 24, 20: 23, 21: 22, 31: 35, 37: 44, 38: 43, 40: 47, 41: 46, 48: 54}

# Combinations of units that CASME II's coders wrote beside each emotion, or close to them.
EMOTIONS: dict[str, tuple[tuple[int, ...], ...]] = {
    "happiness": ((12,), (6, 12)),
    "surprise": ((1, 2), (1, 2, 26)),
    "disgust": ((4, 7), (4, 9), (9,)),
    "repression": ((14,), (15,), (17,), (14, 17)),
    "sadness": ((1, 15), (4, 15)),
    "fear": ((1, 4, 20), (1, 2, 20)),
    "others": ((4,), (7,), (4, 14)),
}


@dataclasses.dataclass(frozen=True)
class Pushes:
    """K bumps in px: their centres, pushes at the centre and standard deviations, each [K, 2]."""

    centres: np.ndarray
    pushes: np.ndarray
    sizes: np.ndarray

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Returns the displacement [..., 2] px of `points` [..., 2] at full strength."""
        total = np.zeros_like(points)
        x, y = points[..., 0], points[..., 1]
        for centre, push, size in zip(self.centres, self.pushes, self.sizes, strict=True):
            distance = ((x - centre[0]) / size[0]) ** 2 + ((y - centre[1]) / size[1]) ** 2
            total += np.exp(-distance / 2)[..., None] * push
        return total


def pushes(
    strengths: dict[int, float], landmarks: np.ndarray, unit: float, *, lean: float = 0.0
) -> Pushes:
    """Returns the bumps of action units on one face.

    strengths: {action unit: its largest displacement in px}. landmarks: [68, 2] at rest, px.
    unit: px of a brow span. lean: from -1 to 1, how much stronger the image's right half is.
    """
    parts = [_unit_bumps(number, landmarks, unit, lean, px) for number, px in strengths.items()]
    return Pushes(*(np.concatenate(fields) for fields in zip(*parts, strict=True)))


def _unit_bumps(
    number: int, landmarks: np.ndarray, unit: float, lean: float, strength: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = []
    for bump in UNITS[number]:
        offset, push = np.array(bump.offset), np.array(bump.push)
        centre = landmarks[list(bump.anchors)].mean(axis=0) + offset * unit
        rows.append((centre, push * (1 - lean * bump.paired), bump.size))
        if bump.paired:
            mirror = np.array([-1, 1])
            anchors = [PARTNER[anchor] for anchor in bump.anchors]
            centre = landmarks[anchors].mean(axis=0) + offset * mirror * unit
            rows.append((centre, push * mirror * (1 + lean), bump.size))
    centres, push, sizes = (np.array(column, float) for column in zip(*rows, strict=True))
    # Neighbouring bumps overlap: the unit's largest displacement, not a bump's, is the strength.
    largest = np.linalg.norm(Pushes(centres, push, sizes * unit)(centres), axis=1).max()
    return centres, push * strength / largest, sizes * unit


def check_emotions(emotions: tuple[str, ...]) -> None:
    """Raises UserError for an emotion that has no action units here, or a repeated one."""
    unknown = [emotion for emotion in emotions if emotion not in EMOTIONS]
    if unknown or not emotions or len(set(emotions)) < len(emotions):
        raise UserError(
            f"emotions are {', '.join(emotions) or 'none'}; expected one or more of "
            f"{', '.join(EMOTIONS)}, each once."
        )
