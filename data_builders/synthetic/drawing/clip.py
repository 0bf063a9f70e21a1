"""One clip of a face: an emotion's action units over time, light, noise, and the truth about it."""

import dataclasses

import cv2
import numpy as np

from data_builders.synthetic.drawing.action_units import EMOTIONS, pushes
from data_builders.synthetic.drawing.canvas import SCALE
from data_builders.synthetic.drawing.face import Face
from data_builders.synthetic.drawing.motion import Motion, head_jitter, smooth_noise, time_course

FLICKER = 0.01  # standard deviation of the light's strength from frame to frame
SENSOR_NOISE = 1.8  # standard deviation of a pixel, of 255


@dataclasses.dataclass(frozen=True)
class Clip:
    """A clip of n frames, from onset to offset.

    name, emotion, action_units: as they stand in the annotation. onset: the frame number of frame
    0; apex: the index of the apex frame. light: [n], a factor of each frame's brightness.
    """

    name: str
    emotion: str
    action_units: tuple[int, ...]
    onset: int
    apex: int
    motion: Motion
    light: np.ndarray
    noise_seed: tuple[int, ...]

    @property
    def numbers(self) -> range:
        """Returns the frame numbers from onset to offset."""
        return range(self.onset, self.onset + len(self.light))


@dataclasses.dataclass(frozen=True)
class Script:
    """What a clip shows, whoever's face it is.

    strengths: {action unit: its largest displacement in px}. count: frames. apex: index of one.
    lean: from -1 to 1, how much stronger the image's right half moves.
    """

    strengths: dict[int, float]
    count: int
    apex: int
    lean: float


def draw_script(
    rng: np.random.Generator, emotion: str, amplitude: tuple[float, float], frames: tuple[int, int]
) -> Script:
    """Draws how an emotion is shown; the arguments are those of `draw_clip`."""
    units = EMOTIONS[emotion][rng.integers(len(EMOTIONS[emotion]))]
    peak = rng.uniform(*amplitude)
    strengths = {unit: peak * rng.uniform(0.85, 1.0) for unit in units}
    count = int(rng.integers(frames[0], frames[1] + 1))
    apex = int(np.clip(round(count * rng.uniform(0.4, 0.6)), 1, count - 2))
    return Script(strengths, count, apex, rng.uniform(-0.15, 0.15))


def draw_clip(
    face: Face,
    *,
    name: str,
    emotion: str,
    amplitude: tuple[float, float],
    frames: tuple[int, int],
    seed: tuple[int, ...],
    lean: float | None = None,
) -> Clip:
    """Draws how a face shows an emotion.

    amplitude: the range of the peak displacement, px. frames: the range of the number of frames.
    lean: of the `Script`, None for a small random one.
    """
    rng = np.random.default_rng(seed)
    script = draw_script(rng, emotion, amplitude, frames)
    count, points = script.count, face.landmarks
    motion = Motion(
        pushes=pushes(
            script.strengths,
            points,
            face.who.scale,
            lean=script.lean if lean is None else lean,
        ),
        levels=time_course(count, script.apex),
        jitter=head_jitter(count, rng),
        pivot=np.array([points[27:31, 0].mean(), points[[27, 8], 1].mean()]),
        unit=face.who.scale,
    )
    light = 1 + FLICKER * smooth_noise(rng.normal(size=(count + 6, 1)))[:, 0]
    onset = int(rng.integers(20, 200))
    return Clip(
        name, emotion, tuple(script.strengths), onset, script.apex, motion, light, (*seed, 1)
    )


def frame(face: Face, clip: Clip, index: int) -> np.ndarray:
    """Returns frame `index` as uint8 [HEIGHT, WIDTH, 3], RGB: the neutral face warped, then lit."""
    rng = np.random.default_rng((*clip.noise_seed, index))
    still = warped(face, clip.motion, index) * clip.light[index]
    noisy = still + SENSOR_NOISE * rng.standard_normal(still.shape, np.float32)
    return np.clip(np.round(noisy), 0, 255).astype(np.uint8)


def warped(face: Face, motion: Motion, index: int) -> np.ndarray:
    """Returns the neutral face moved to frame `index`, float32 [HEIGHT, WIDTH, 3]."""
    at = ((motion.inverse_map(index) + 0.5) * SCALE - 0.5).astype(np.float32)
    return cv2.remap(
        face.image, at[..., 0], at[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
