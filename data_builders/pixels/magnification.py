"""Motion of a clip enlarged by a factor: Eulerian video magnification.

Wu et al., "Eulerian Video Magnification for Revealing Subtle Changes in the World" (2012): each
level of a Laplacian pyramid is band-passed over time and added again. Its demo drops the last ten
frames; here all are kept.
"""

import cv2
import numpy as np

MOST = 100  # alpha
SMALLEST = 5  # px, the shorter side of the coarsest level
# Rates of the two filters of the first order whose difference is the band, about 0.0082 to 0.083 of
# the frame rate: 1.6 to 16 Hz at 200 frames a second, half of that at 100.
QUICK, SLOW = 0.4, 0.05
CUTOFF = 16.0  # px, lambda_c: of shorter waves less is added
EXAGGERATION = 2.0  # of the gain below alpha


def magnified(frames: np.ndarray, alpha: float) -> np.ndarray:
    """Returns frames of which changes in the band are `alpha` times larger, float32 [n, S, S].

    Each level of the pyramid has filters y ← (1 − r) y + r x that start at the first frame, and
    y₁ − y₂ times the level's gain is added. What is far from their band stays as it is, as does a
    clip that keeps still, and everything where alpha is 0.

    Args:
        frames: [n, S, S], grey. alpha: from 0 to `MOST`.
    """
    quick = slow = _pyramid(frames[0].astype(np.float32))
    strengths = gains(frames.shape[1:], len(quick), alpha)
    shown = []
    for frame in frames:
        pyramid = _pyramid(frame.astype(np.float32))
        quick = _mixed(quick, pyramid, QUICK)
        slow = _mixed(slow, pyramid, SLOW)
        band = [gain * (a - b) for gain, a, b in zip(strengths, quick, slow, strict=True)]
        shown.append(frame.astype(np.float32) + _collapsed(band))
    return np.stack(shown)


def to_bytes(frames: np.ndarray) -> np.ndarray:
    """Returns frames rounded to grey levels from 0 to 255, uint8."""
    return np.clip(np.round(frames), 0, 255).astype(np.uint8)


def gains(shape: tuple[int, ...], count: int, alpha: float) -> list[float]:
    """Returns how often the band of each of `count` levels is added, the finest first.

    clip(2 (λ / (8 δ) − 1), 0, α) with δ = λ_c / (8 (1 + α)), where λ is √(h² + w²) / 3 px at the
    coarsest level and half of that at each finer one. Nothing is added of the finest, which is
    noise, and of the coarsest, which is light.
    """
    delta = CUTOFF / 8 / (1 + alpha)
    coarsest = float(np.hypot(shape[0], shape[1])) / 3
    waves = [coarsest / 2 ** (count - 1 - level) for level in range(count)]
    each = [float(np.clip(EXAGGERATION * (wave / (8 * delta) - 1), 0, alpha)) for wave in waves]
    return [0.0 if level in (0, count - 1) else gain for level, gain in enumerate(each)]


def _pyramid(image: np.ndarray) -> list[np.ndarray]:
    """Returns the levels of a Laplacian pyramid, the finest first; the last is a small image."""
    levels = []
    while (min(image.shape) + 1) // 2 >= SMALLEST:
        smaller = cv2.pyrDown(image)
        levels.append(image - _enlarged(smaller, image.shape))
        image = smaller
    return [*levels, image]


def _collapsed(levels: list[np.ndarray]) -> np.ndarray:
    """Returns the image of which `_pyramid` makes these levels."""
    image = levels[-1]
    for level in levels[-2::-1]:
        image = level + _enlarged(image, level.shape)
    return image


def _enlarged(image: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    return cv2.pyrUp(image, dstsize=(shape[1], shape[0]))


def _mixed(held: list[np.ndarray], new: list[np.ndarray], rate: float) -> list[np.ndarray]:
    """Makes one step of a filter of the first order on every level."""
    return [y + rate * (x - y) for y, x in zip(held, new, strict=True)]  # y itself where x is y
