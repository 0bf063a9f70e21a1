"""What the clips of a look-alike show: scenes of drawn faces, or blank images in their place."""

import dataclasses
import functools
from pathlib import Path

import cv2
import numpy as np

from data_builders.synthetic.drawing.action_units import UNITS
from data_builders.synthetic.drawing.clip import Script, draw_clip, draw_script, frame
from data_builders.synthetic.drawing.face import Face, draw_face
from data_builders.synthetic.drawing.identity import HEIGHT, WIDTH, draw
from mol_jax.errors import UserError

AMPLITUDE = (1.0, 4.0)  # px of an image as drawn
SMALLEST = 16  # px
LEANS = {"": None, "R": -1.0, "L": 1.0}  # the person's right is the image's left


@dataclasses.dataclass(frozen=True)
class Style:
    """How the clips of a look-alike are filled.

    frames: range of a clip's length. faces: False for tiny blank images. image_size: height of the
    images in px, the width follows; None for 340, as drawn. seed: of faces, motions and numbers.
    """

    frames: tuple[int, int] = (10, 16)
    faces: bool = True
    seed: int = 0
    image_size: int | None = None

    def __post_init__(self):
        if self.image_size is not None and not SMALLEST <= self.image_size <= HEIGHT:
            raise UserError(
                f"image_size is {self.image_size} px, expected from {SMALLEST} to {HEIGHT}: it is "
                "the height of the images"
            )
        if self.seed < 0:
            raise UserError(f"seed is {self.seed}; it must be 0 or more.")

    def length(self, rng: np.random.Generator) -> int:
        """Draws a number of frames."""
        return int(rng.integers(self.frames[0], self.frames[1] + 1))


@dataclasses.dataclass(frozen=True)
class Scene:
    """One clip: a person shows an emotion in `count` frames.

    person: a number, the same face for the same one. emotion: of `action_units.EMOTIONS`. key: of
    the motion. side: "R" or "L" where only that side of the person's face moves.
    """

    style: Style
    person: int
    emotion: str
    key: tuple[int, ...]
    count: int
    side: str = ""

    @functools.cached_property
    def script(self) -> Script:
        """The action units that move, and when."""
        rng = np.random.default_rng(self.key)
        script = draw_script(rng, self.emotion, AMPLITUDE, (self.count, self.count))
        lean = LEANS[self.side]
        return script if lean is None else dataclasses.replace(script, lean=lean)

    @property
    def units(self) -> tuple[int, ...]:
        """The action units that move."""
        return tuple(self.script.strengths)

    def on_side(self, side: str) -> "Scene":
        """The scene with one side of the face at rest, where its units have sides."""
        paired = all(bump.paired for unit in self.units for bump in UNITS[unit])
        return dataclasses.replace(self, side=side) if paired else self

    def images(self, camera: int = 0) -> list[np.ndarray]:
        """The frames, BGR or grey uint8; a camera films the same motion with its own noise."""
        if not self.style.faces:
            return [np.full((8, 8), 90, np.uint8)] * self.count
        face = _face(self.style.seed, self.person)
        clip = draw_clip(
            face,
            name="",
            emotion=self.emotion,
            amplitude=AMPLITUDE,
            frames=(self.count, self.count),
            seed=self.key,
            lean=LEANS[self.side],
        )
        clip = dataclasses.replace(clip, noise_seed=(*clip.noise_seed, camera))
        drawn = [frame(face, clip, index) for index in range(self.count)]
        return [self._smaller(cv2.cvtColor(image, cv2.COLOR_RGB2BGR)) for image in drawn]

    def _smaller(self, image: np.ndarray) -> np.ndarray:
        height = self.style.image_size or HEIGHT
        if height == HEIGHT:
            return image
        size = (round(WIDTH * height / HEIGHT), height)
        return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


@functools.lru_cache(maxsize=2)  # clips are drawn person by person
def _face(seed: int, person: int) -> Face:
    return draw_face(draw(seed * 1000 + person))


def cropped(image: np.ndarray) -> np.ndarray:
    """The image without its edges, as the trees of cropped faces have it."""
    edge = image.shape[0] // 10
    return image[edge : image.shape[0] - edge, edge : image.shape[1] - edge]


def write_image(file: Path, image: np.ndarray) -> None:
    """Writes an image in the format of the file's name."""
    options = [cv2.IMWRITE_JPEG_QUALITY, 95] if file.suffix == ".jpg" else []
    file.write_bytes(cv2.imencode(file.suffix, image, options)[1].tobytes())
