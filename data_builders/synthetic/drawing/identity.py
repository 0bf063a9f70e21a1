"""Who is drawn: the shape, tone and hair of one face, and its 68 landmarks at rest.

Lengths in `Identity` are in units of the brow span (about 140 px) unless they are said to be px;
colours are RGB from 0 to 255. x is to the right, y down, whole numbers are pixel centres.
"""

import dataclasses

import numpy as np

WIDTH, HEIGHT = 280, 340  # px of a face image, about the size of CASME II's face crops

JAW = slice(0, 17)
BROWS = (slice(17, 22), slice(22, 27))  # image left, image right
EYES = (slice(36, 42), slice(42, 48))
MOUTH = slice(48, 68)
INNER_LIPS = slice(60, 68)

# An average adult face in the 68-point scheme, in brow spans, close to the mean shape that face
# trackers start from. The image's left half and the middle are given; the right half is mirrored.
MIDDLE = 0.490
_JAW = [
    (-0.135, 0.215), (-0.128, 0.380), (-0.110, 0.545), (-0.078, 0.705), (-0.024, 0.855),
    (0.065, 0.990), (0.185, 1.090), (0.325, 1.160), (MIDDLE, 1.180),
]  # fmt: skip
_BROW = [(0.005, 0.106), (0.079, 0.039), (0.188, 0.019), (0.296, 0.034), (0.402, 0.077)]
_BRIDGE = [(MIDDLE, y) for y in (0.203, 0.307, 0.410, 0.516)]
_NOSTRIL = [(0.367, 0.587), (0.426, 0.609), (MIDDLE, 0.628)]
_EYE = [
    (0.121, 0.216), (0.187, 0.179), (0.266, 0.179), (0.335, 0.232), (0.261, 0.245), (0.183, 0.244),
]  # fmt: skip
_LIPS = [
    (0.254, 0.780), (0.341, 0.745), (0.429, 0.727), (MIDDLE, 0.743),
    (0.428, 0.902), (0.340, 0.865), (MIDDLE, 0.909),
    (0.290, 0.785), (0.428, 0.779), (MIDDLE, 0.785), (0.428, 0.832), (MIDDLE, 0.832),
]  # fmt: skip

SKIN_TONES = np.array(
    [(236, 200, 178), (222, 182, 152), (205, 160, 128), (178, 130, 98), (140, 98, 72)], float
)
HAIR_COLOURS = np.array(
    [(26, 22, 20), (48, 34, 26), (78, 54, 36), (120, 88, 56), (60, 58, 58)], float
)
IRIS_COLOURS = np.array(
    [(58, 38, 24), (40, 28, 20), (92, 70, 40), (84, 104, 120), (80, 98, 70)], float
)


@dataclasses.dataclass(frozen=True)
class Identity:
    """The parameters of one face; `draw` says how each is distributed."""

    seed: int
    scale: float  # px of one brow span
    centre_x: float  # px
    top: float  # px of the brow line
    face_width: float  # factor
    jaw_square: float
    chin: float
    eye_width: float  # factor
    eye_height: float  # factor
    eye_apart: float
    eye_y: float
    eye_tilt: float
    brow_y: float
    brow_arch: float
    brow_thickness: float
    brow_darkness: float  # opacity
    nose_width: float  # factor
    nose_length: float
    mouth_width: float  # factor
    lip_height: float  # factor
    mouth_y: float
    hairline: float  # above the brows
    hair_volume: float  # factor of the face's width
    hair_length: float  # 0 short to 1 shoulders
    ears: float  # factor
    asymmetry: float
    light: tuple[float, float, float]  # direction to the lamp
    ambient: float
    gain: float
    freckles: float  # 0 none to 0.5
    stubble: float  # 0 none to 0.5
    skin: np.ndarray
    hair: np.ndarray
    iris: np.ndarray
    lip: np.ndarray
    background: np.ndarray
    shirt: np.ndarray


def draw(seed: int) -> Identity:
    """Returns the person of a seed."""
    rng = np.random.default_rng([seed, 0])
    uniform = rng.uniform
    tone = uniform(0, len(SKIN_TONES) - 1.4)
    low, part = int(tone), tone % 1
    skin = SKIN_TONES[low] * (1 - part) + SKIN_TONES[low + 1] * part
    return Identity(
        seed=seed,
        scale=uniform(132, 146),
        centre_x=WIDTH / 2 + uniform(-5, 5),
        top=uniform(118, 132),
        face_width=uniform(0.92, 1.10),
        jaw_square=uniform(-0.04, 0.045),
        chin=uniform(-0.06, 0.07),
        eye_width=uniform(0.88, 1.15),
        eye_height=uniform(0.95, 1.45),
        eye_apart=uniform(-0.022, 0.024),
        eye_y=uniform(-0.02, 0.02),
        eye_tilt=uniform(-0.08, 0.08),
        brow_y=uniform(-0.045, 0.02),
        brow_arch=uniform(-0.018, 0.026),
        brow_thickness=uniform(0.030, 0.055),
        brow_darkness=uniform(0.55, 0.9),
        nose_width=uniform(0.82, 1.22),
        nose_length=uniform(-0.05, 0.035),
        mouth_width=uniform(0.82, 1.18),
        lip_height=uniform(0.85, 1.35),
        mouth_y=uniform(-0.035, 0.03),
        hairline=uniform(0.40, 0.50),
        hair_volume=uniform(1.06, 1.22),
        hair_length=uniform(0, 1),
        ears=uniform(0.6, 1.0),
        asymmetry=uniform(-0.006, 0.006),
        light=(uniform(-0.45, 0.45), uniform(-0.75, -0.35), 1.0),
        ambient=uniform(0.42, 0.55),
        gain=uniform(0.92, 1.08),
        freckles=uniform(0, 0.5),
        stubble=max(0.0, uniform(-0.5, 0.5)),
        skin=skin,
        hair=HAIR_COLOURS[rng.integers(len(HAIR_COLOURS))] * uniform(0.85, 1.1),
        iris=IRIS_COLOURS[rng.integers(len(IRIS_COLOURS))],
        lip=skin * uniform((0.80, 0.56, 0.58), (0.92, 0.68, 0.70)),
        background=uniform(120, 205) + uniform(-12, 12, 3),
        shirt=uniform(40, 200, 3),
    )


def _mirrored(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(2 * MIDDLE - x, y) for x, y in points]


def average_face() -> np.ndarray:
    """Returns the average face's landmarks [68, 2] in brow spans, brow line at about y = 0."""
    left_eye = _EYE
    right_eye = [_mirrored(_EYE)[i] for i in (3, 2, 1, 0, 5, 4)]
    a, b, c, top, low_b, low_a, low, in_a, in_b, in_top, in_low, in_bottom = _LIPS
    outer = [a, b, c, top, *_mirrored([c, b, a]), *_mirrored([low_a, low_b]), low, low_b, low_a]
    inner = [in_a, in_b, in_top, *_mirrored([in_b, in_a, in_low]), in_bottom, in_low]
    return np.array(
        [
            *(*_JAW, *_mirrored(_JAW[-2::-1])),
            *(*_BROW, *_mirrored(_BROW[::-1])),
            *(*_BRIDGE, *_NOSTRIL, *_mirrored(_NOSTRIL[1::-1])),
            *(*left_eye, *right_eye),
            *(*outer, *inner),
        ]
    )


def landmarks(who: Identity) -> np.ndarray:
    """Returns the landmarks [68, 2] of a face at rest, px of the image."""
    points = average_face()
    _shape_jaw(points, who)
    _shape_eyes(points, who)
    _shape_brows(points, who)
    points[31:36, 0] = MIDDLE + (points[31:36, 0] - MIDDLE) * who.nose_width
    points[29:36, 1] += who.nose_length * np.array([0.4, 0.8, 1, 1, 1, 1, 1])
    _shape_mouth(points, who)
    points[:, 1] += who.asymmetry * np.sign(points[:, 0] - MIDDLE)
    return (points - [MIDDLE, 0]) * who.scale + [who.centre_x, who.top]


def _shape_jaw(points: np.ndarray, who: Identity) -> None:
    jaw = points[JAW]
    jaw[:, 0] = MIDDLE + (jaw[:, 0] - MIDDLE) * who.face_width
    for index, weight in ((3, 0.6), (4, 1.0), (5, 1.0), (6, 0.6)):
        jaw[index, 0] -= who.jaw_square * weight
        jaw[16 - index, 0] += who.jaw_square * weight
    jaw[:, 1] += who.chin * np.clip((jaw[:, 1] - 0.6) / 0.58, 0, 1)


def _shape_eyes(points: np.ndarray, who: Identity) -> None:
    for eye, side in zip(EYES, (-1, 1), strict=True):
        middle = points[eye].mean(axis=0)
        points[eye] = middle + (points[eye] - middle) * [who.eye_width, who.eye_height]
        points[eye, 1] += who.eye_y - side * (points[eye, 0] - middle[0]) * who.eye_tilt
        points[eye, 0] += side * who.eye_apart


def _shape_brows(points: np.ndarray, who: Identity) -> None:
    arch = who.brow_arch * np.array([-0.3, 0.4, 1.0, 0.6, -0.2])
    points[BROWS[0], 1] += who.brow_y - arch
    points[BROWS[1], 1] += who.brow_y - arch[::-1]


def _shape_mouth(points: np.ndarray, who: Identity) -> None:
    middle = points[MOUTH].mean(axis=0)
    points[MOUTH, 0] = middle[0] + (points[MOUTH, 0] - middle[0]) * who.mouth_width
    points[MOUTH, 1] += who.mouth_y
    line = points[60:65, 1].mean()
    points[MOUTH, 1] = line + (points[MOUTH, 1] - line) * who.lip_height
    points[INNER_LIPS, 1] = line + (points[INNER_LIPS, 1] - line) * 0.3  # the mouth is closed
