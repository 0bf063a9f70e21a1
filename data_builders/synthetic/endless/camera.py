"""From light to grey levels: lens, tone curve, sensor, JPEG."""

import dataclasses

import cv2
import numpy as np

from data_builders.synthetic.endless.draws import Draws
from data_builders.synthetic.endless.moment import Lamp
from data_builders.synthetic.endless.variety import Variety

GAMMA = 1 / 2.2
KNEE = np.float32(0.8)  # the level from which white is approached, never reached


def expose(light: np.ndarray, skin: float, lamp: Lamp, flicker: np.ndarray) -> np.ndarray:
    """Returns frames [t, S, S] from 0 to 1 (or above) of linear light.

    skin: the light that comes out at the grey level `lamp.exposure`. flicker: [t], a factor.
    """
    gain = lamp.exposure ** (1 / GAMMA) / skin
    levels = np.maximum(light * (gain * flicker[:, None, None]), 0) ** np.float32(GAMMA)
    # Film and cameras are steeper in the middle than at the ends: what is bright bends.
    levels = lamp.exposure + np.float32(lamp.contrast) * (levels - lamp.exposure)
    return np.where(levels > KNEE, 1 - (1 - KNEE) * np.exp((KNEE - levels) / (1 - KNEE)), levels)


@dataclasses.dataclass(frozen=True)
class Faults:
    """What a camera does to all frames of a clip.

    blur: px. grain: deviation of the noise, of white. spread: px over which noise is alike.
    quality: of JPEG, None for none. shift: [2], where its blocks of 8 px begin.
    """

    blur: float
    grain: float
    spread: float
    quality: int | None
    shift: np.ndarray


def draw_faults(draws: Draws, size: int, variety: Variety) -> Faults:
    """Returns a camera's faults."""
    lens, sensor, files = draws("lens"), draws("sensor"), draws("jpeg")
    quality = int(files.uniform(40, 95)) if files.uniform() < 0.6 * variety.jpeg else None
    return Faults(
        blur=variety.blur * 0.8 * lens.uniform(0, 1) ** 2 * size / 72,
        grain=variety.noise * sensor.uniform(0, 1) ** 2 * 0.018,
        spread=sensor.uniform(0, 0.7),
        quality=quality,
        shift=files.integers(0, 8, 2),
    )


def photograph(frames: np.ndarray, draws: Draws, variety: Variety) -> np.ndarray:
    """Returns frames [t, S, S] as uint8 with the faults of a camera."""
    faults, rng = draw_faults(draws, frames.shape[-1], variety), draws("grain")
    return np.stack([taken(frame, faults, rng) for frame in frames])


def taken(frame: np.ndarray, faults: Faults, rng: np.random.Generator) -> np.ndarray:
    if faults.blur > 0.25:
        frame = cv2.GaussianBlur(frame, (0, 0), faults.blur, borderType=cv2.BORDER_REPLICATE)
    if faults.grain:
        white = rng.standard_normal(frame.shape, np.float32)
        if faults.spread > 0.3:
            white = cv2.GaussianBlur(white, (0, 0), faults.spread) * (1 + 2 * faults.spread)
        frame = frame + faults.grain * white
    levels = np.clip(np.round(frame * 255), 0, 255).astype(np.uint8)
    return levels if faults.quality is None else _jpeg(levels, faults.quality, faults.shift)


def _jpeg(levels: np.ndarray, quality: int, shift: np.ndarray) -> np.ndarray:
    """Returns a frame as JPEG keeps it; shift: where the blocks of 8 px begin."""
    down, right = shift
    padded = cv2.copyMakeBorder(levels, int(down), 0, int(right), 0, cv2.BORDER_REPLICATE)
    _, code = cv2.imencode(".jpg", padded, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(code, cv2.IMREAD_GRAYSCALE))[down:, right:]
