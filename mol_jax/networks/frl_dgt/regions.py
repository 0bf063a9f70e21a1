"""Where the nine regions of a face are: boxes from its landmarks, or the tiles of a grid.

A box is (x0, y0, x1, y1) in px of the aligned image, whole numbers being pixel centres and both
ends in it. S is the image's side, B clips. paper: Sec 3.2.1, Fig 4.
"""

from typing import Literal

import chex
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from mol_jax.networks.layers import EXACT

Regions = Literal["au", "grid"]

# Each region's vertices, whose bounding box it is. Points are the 68 landmarks, from 0; a~b is the
# middle of two; u and U are 0.1 and 0.2 inter-ocular distances above the point. L is the image's
# left. 1 and 2 are above the eyes, 3 and 4 in the middle, 5 and 6 below.
# frl: the paper names no vertices. These are those of AU R-CNN's regions of interest (the paper's
# [30]) for the groups AU 1/2/5/7, 4, 6, 9, 10–15 and 16/20/25–27; its 20 and 40 px are u and U at
# its faces' size. 2 is AU 4's without the outer brows, and 6 mouth and chin without the cheeks:
# whole they would be 197 and 209 px wide of 288, and the paper splits what is too large.
VERTICES = {
    "1L": "17u 19u 21u 17 19 21 36 37 38 39 40 41",
    "1R": "26u 24u 22u 26 24 22 45 44 43 42 47 46",
    "2": "19u 21u 27U 22u 24u 19 21 22 24 27 38 39 42 43",
    "3L": "36 37 38 39 40 41 2~41 3~29 28 29",
    "3R": "45 44 43 42 47 46 14~46 13~29 28 29",
    "4": "21 22 27 28 29 33 39 42 3~29 13~29 4~33 12~33",
    "5L": "3 4 5 29 33 57 58 59 3~29 4~33 5~59",
    "5R": "13 12 11 29 33 57 56 55 13~29 12~33 11~55",
    "6": "33 55 56 57 58 59 4~33 12~33 5~59 11~55 6~58 10~56 8~57 6 8 10",
}
NAMES = tuple(VERTICES)  # in the order of every axis over regions
COUNT = len(NAMES)
GRID = 3  # tiles along a side: as many tiles as regions
LIFT = {"u": 0.1, "U": 0.2}  # inter-ocular distances
SMALLEST = 8.0  # px, of a box's side


def _vertices() -> tuple[np.ndarray, np.ndarray]:
    """`VERTICES` as weights of the landmarks [9,16,68] and lifts [9,16]; the last is repeated."""
    most = max(len(vertices.split()) for vertices in VERTICES.values())
    weights = np.zeros((COUNT, most, 68), np.float32)
    lifts = np.zeros((COUNT, most), np.float32)
    for region, vertices in enumerate(VERTICES.values()):
        words = vertices.split()
        for vertex, word in enumerate(words + words[-1:] * (most - len(words))):
            points = word.rstrip("uU").split("~")
            weights[region, vertex, [int(point) for point in points]] = 1 / len(points)
            lifts[region, vertex] = LIFT.get(word[-1], 0.0)
    return weights, lifts


WEIGHTS, LIFTS = _vertices()


def au_boxes(landmarks: jax.Array, side: int) -> jax.Array:
    """Landmarks [B,68,2] in px of an aligned image of `side` px → boxes [B,9,4], float32.

    Boxes lie in the image and are at least `SMALLEST` wide and high. No gradient passes.

    frl: the paper does not say whose landmarks. The onset's, for both frames and for the motion:
    boxes that followed the apex would cancel the motion that they are to show.
    """
    chex.assert_shape(landmarks, (None, 68, 2))
    landmarks = lax.stop_gradient(landmarks).astype(jnp.float32)
    vertices = jnp.einsum("kvl,bld->bkvd", WEIGHTS, landmarks, precision=EXACT)
    eyes = landmarks[:, 36:48].reshape(-1, 2, 6, 2).mean(axis=2)
    apart = jnp.linalg.norm(eyes[:, 1] - eyes[:, 0], axis=-1)
    lifted = vertices[..., 1] - apart[:, None, None] * LIFTS[None]
    vertices = jnp.stack([vertices[..., 0], lifted], axis=-1)
    low, high = (jnp.clip(end, 0, side - 1) for end in (vertices.min(axis=2), vertices.max(axis=2)))
    short = jnp.maximum(SMALLEST - (high - low), 0)
    low = jnp.clip(low - short / 2, 0, side - 1 - SMALLEST)
    return jnp.concatenate([low, jnp.maximum(high, low + SMALLEST)], axis=-1)


def grid_boxes(clips: int, side: int) -> jax.Array:
    """Boxes [B,9,4] of the 3×3 tiles of an image of `side` px, row by row, for M5 (Table 2)."""
    assert side % GRID == 0, side
    tile = side // GRID
    y, x = tile * np.stack(np.divmod(np.arange(COUNT), GRID))
    boxes = np.stack([x, y, x + tile - 1, y + tile - 1], axis=-1).astype(np.float32)
    return jnp.broadcast_to(jnp.asarray(boxes), (clips, COUNT, 4))
