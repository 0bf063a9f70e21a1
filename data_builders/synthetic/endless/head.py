"""A head before it moves: a lit picture with its outline, and what is worn over it."""

import dataclasses

import numpy as np

from data_builders.synthetic.endless import features, glasses, hair, relief, skin
from data_builders.synthetic.endless.light import Surface, lit
from data_builders.synthetic.endless.moment import Lamp, Rest, held
from data_builders.synthetic.endless.person import Person
from data_builders.synthetic.endless.plate import Plate, mix


@dataclasses.dataclass(frozen=True)
class Head:
    """Pictures of a plate, [H, W, 2]: linear light times cover, and cover from 0 to 1.

    skin: the head with the hair around it; it moves with the muscles. worn: hair over the brows and
    glasses, which move with the skull alone; None for neither. points: [68, 2], the landmarks.
    """

    plate: Plate
    skin: np.ndarray
    worn: np.ndarray | None
    points: np.ndarray

    def brightness(self) -> float:
        """Returns the mean light of the face's middle."""
        weight = self.plate.blob((0.0, 0.5), 0.25, 0.3) * self.skin[..., 1]
        return float((weight * self.skin[..., 0]).sum() / weight.sum())


def draw_head(plate: Plate, who: Person, rest: Rest, lamp: Lamp, turn: np.ndarray) -> Head:
    """Draws a person's head as it is held and lit; turn: [3, 3], from the face to the room."""
    points = held(who.points, rest)
    top = hair.top_of(who)
    surface = Surface(
        plate.full(who.skin), relief.height(plate, points, top), plate.full(_gloss(who))
    )
    skin.texture(plate, surface, who, points)
    skin.wrinkles(plate, surface, who, points, rest.smile)
    features.mouth(plate, surface, who, points, rest.open_mouth + 0.4 * rest.smile)
    skin.beard(plate, surface, who, points)
    features.nostrils(plate, surface, points)
    features.eyes(plate, surface, who, points, rest)
    features.brows(plate, surface, who, points)
    look = hair.strands(plate, who)
    hair.before(plate, surface, who, points, look)
    face = plate.polygon(hair.outline(who, points), blur=0.006)
    light = lit(plate, surface, lamp, turn)
    features.glints(plate, light, points, rest, turn.T @ lamp.to, lamp.key)
    around, cover = _around(plate, who, lamp, points, look)
    mix(around, light, face)
    cover = np.maximum(cover, face)
    lock = hair.hanging(plate, who, points)
    strand = who.hair * look * (lamp.ambient + 0.55 * lamp.key)
    worn = _worn(plate, who, lamp, points, lock, strand)
    if lock is not None:  # its shadow on the skin
        around *= 1 - 0.4 * plate.soft(lock, 0.03)
    return Head(plate, np.dstack([around * cover, cover]), worn, points)


def _gloss(who: Person) -> float:
    return float(0.02 + 0.06 * who.draws("gloss").uniform())


def _around(plate: Plate, who: Person, lamp: Lamp, points, look) -> tuple[np.ndarray, np.ndarray]:
    """Returns the light and the cover of neck, clothes, ears and the hair behind the face."""
    behind = hair.behind(plate, who, points)
    shade = lamp.ambient + 0.35 * lamp.key
    light = who.hair * look * shade
    rng = who.draws("clothes")
    chin, half = points[8, 1], 0.30 + 0.06 * rng.uniform()
    neck = plate.polygon(
        [[-half, chin - 0.35], [half, chin - 0.35], [half + 0.03, 2], [-half - 0.03, 2]], blur=0.015
    )
    under = 1 - 0.6 * np.exp(-np.maximum(plate.y - chin, 0) / 0.12)
    mix(light, who.skin * shade * 0.75 * under, neck)
    collar = chin + 0.12 + 0.25 * rng.uniform()
    cloth = plate.polygon(
        [[-1.4, collar + 0.14], [-half, collar - 0.05], [0, collar + 0.14 * rng.uniform()],
         [half, collar - 0.05], [1.4, collar + 0.14], [1.4, 2.2], [-1.4, 2.2]], blur=0.010
    )  # fmt: skip
    mix(light, float(rng.uniform(0.02, 0.5)) * shade * under, cloth)
    ears = plate.full(0)
    if who.who.hair_length < 0.75 or who.haircut == "bald":
        for k, side in ((0, -1), (16, 1)):
            at = (points[k, 0] + side * 0.025, points[k, 1] + 0.10)
            ears += plate.polygon(_ear(at, 0.055 * who.who.ears), blur=0.010)
            inside = plate.blob((at[0] + 0.01 * side, at[1]), 0.018, 0.06)
            mix(light, who.skin * shade * 0.85 * (1 - 0.45 * inside), np.minimum(ears, 1))
    return light, np.clip(behind + neck + cloth + ears, 0, 1)


def _ear(at: tuple[float, float], wide: float) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, 40)
    return np.stack([at[0] + wide * np.cos(angle), at[1] + 0.15 * np.sin(angle)], axis=1)


def _worn(plate: Plate, who: Person, lamp: Lamp, points, lock, strand) -> np.ndarray | None:
    if lock is None and not who.glasses:
        return None
    light, cover = plate.full(0), plate.full(0)
    if who.glasses:
        glasses.draw(plate, who, lamp, points, (light, cover))
    if lock is not None:
        thin = np.clip(lock * (1 + 0.5 * (strand / strand.mean() - 1)), 0, 1)
        light += thin * (strand - light)
        cover += thin * (1 - cover)
    return np.dstack([light, cover])
