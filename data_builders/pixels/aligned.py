"""The frames of a clip, aligned to the face that is followed in them."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from data_builders.pixels import alignment, magnification


@dataclasses.dataclass(frozen=True)
class Aligned:
    """The face of each frame of a clip, aligned to S×S px.

    Attributes:
      frames: uint8 [n, S, S], grey.
      landmarks: float32 [n, 68, 2], (x, y) px of them.
      matrices: float64 [n, 2, 3], each frame's transform from the px of the image.
    """

    frames: np.ndarray
    landmarks: np.ndarray
    matrices: np.ndarray


def align(
    images: np.ndarray | Sequence[np.ndarray],
    landmarks: np.ndarray,
    *,
    how: str,
    size: int,
    magnify: int = 0,
) -> Aligned:
    """Aligns the frames of a clip by its landmarks, and magnifies its motion where that is asked.

    Args:
      images: n grey images uint8 [H, W].
      landmarks: [n, 68, 2], (x, y) px of them.
      how: one of `alignment.ALIGNMENTS`.
      size: S, px.
      magnify: alpha of `magnification.magnified`, 0 where motion is left as it is.
    """
    matrices = alignment.transforms(landmarks, how, size)
    aligned = np.stack([alignment.warp(i, m, size) for i, m in zip(images, matrices, strict=True)])
    if magnify:
        aligned = magnification.to_bytes(magnification.magnified(aligned, magnify))
    points = np.stack(
        [alignment.map_points(m, p) for m, p in zip(matrices, landmarks, strict=True)]
    )
    return Aligned(aligned, points.astype(np.float32), matrices)
