"""How widely the drawn faces vary: one strength for each kind of variation."""

import dataclasses

from mol_jax.errors import UserError


@dataclasses.dataclass(frozen=True)
class Variety:
    """Strengths from 0, none, over 1, as wide as real recordings are thought to be, to 2.

    A strength scales the range of what varies, or how often it occurs.
    """

    pose: float = 1.0  # yaw to ±20°, pitch to ±10°, roll before alignment to ±10°
    rest: float = 1.0  # smiles, open mouths, closed and half-closed eyes, gaze
    light: float = 1.0  # direction, hardness and strength of the lamp
    tone: float = 1.0  # of skin and hair
    age: float = 1.0  # wrinkles, folds, bags, spots
    beard: float = 1.0  # stubble to full beards
    glasses: float = 1.0
    hair: float = 1.0  # over brows and temples
    background: float = 1.0  # edges and textures behind the head
    occlusion: float = 1.0  # something before a part of the face
    noise: float = 1.0  # of the sensor
    blur: float = 1.0  # of the lens
    jpeg: float = 1.0
    rate: float = 1.0  # 30 to 200 frames a second, and clips that begin or end early
    units: float = 1.0  # half of the clips show random action units, not a prototype
    muscles: float = 1.0  # where, how widely and which way a unit moves, from person to person
    lean: float = 1.0  # one side moves more
    drift: float = 1.0  # of the head during the clip
    blink: float = 1.0
    crease: float = 1.0  # skin that is pressed together darkens
    alignment: float = 1.0  # errors of where the face was found

    def __post_init__(self) -> None:
        for name, strength in dataclasses.asdict(self).items():
            if not 0 <= strength <= 2:
                raise UserError(f"variety {name} is {strength}; it must be from 0 to 2.")

    @classmethod
    def even(cls, strength: float) -> "Variety":
        """Returns the same strength of everything."""
        return cls(**{field.name: float(strength) for field in dataclasses.fields(cls)})

    def times(self, share: float) -> "Variety":
        """Returns every strength times a share, from 0 to 1."""
        return Variety(**{name: share * each for name, each in dataclasses.asdict(self).items()})
