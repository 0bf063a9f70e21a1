"""Flow and strain from onset to apex about four places of a face, as one small image of four tiles.

    the eye to the left     the eye to the right
    the mouth's corner      the other one

Left and right are those of the image. Each tile is a square of half the aligned image's side about
the place, as it lies in the onset, moved into the image where it would reach beyond, and shrunk by
area. Flow stays in px of the aligned image. A mirrored clip's left tile is the right one, mirrored:
so the mosaic mirrors as any image does.

paper: HTNet's code takes rows by x and columns by y, so that an eye and a corner of the mouth
change places, and fixed points where no face is found; here every frame has landmarks.
"""

import numpy as np

from mol_jax.data import flow_image
from mol_jax.data.recorded import RecordedClip

SIDE = 28  # px
TILE = SIDE // 2
# Landmarks whose mean is the place: by rows, and from left to right.
PLACES = (range(36, 42), range(42, 48)), ((48,), (54,))


def make(clip: RecordedClip) -> np.ndarray:
    """Returns a clip's mosaic of (u, v, strain), float32 [28, 28, 3]."""
    image = flow_image.with_strain(clip.flow)
    points = clip.landmarks[0].astype(np.float64)
    rows = [[_tile(image, points[list(of)].mean(0)) for of in row] for row in PLACES]
    return np.concatenate([np.concatenate(row, axis=1) for row in rows])


def _tile(image: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Returns what is about (x, y) px of an image [S, S, C], [14, 14, C]."""
    x, y = corner(place, len(image))
    side = len(image) // 2
    return flow_image.shrunk(image[y : y + side, x : x + side], TILE)


def corner(place: np.ndarray, size: int) -> np.ndarray:
    """Returns (x, y) of the top left pixel of the square about `place`, of an image of `size` px.

    Whole numbers are pixel centres, so the middle of the square lies between two. Halves are
    rounded to even numbers, which in a mirrored image are the same pixels, S/2 being even.
    """
    side = size // 2
    return np.clip(np.round(place - (side - 1) / 2), 0, size - side).astype(int)
