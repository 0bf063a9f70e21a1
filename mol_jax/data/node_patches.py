"""Flow and strain from onset to apex around landmarks of brows and mouth, which GRAPH-AU reads.

One clip's patches are made of that clip and of no other.
"""

import jax
import numpy as np

from mol_jax.data.flow_image import with_strain
from mol_jax.data.landmarks import MIRROR
from mol_jax.data.recorded import RecordedClip

NODES = (*range(17, 27), *range(48, 68))  # landmarks: the brows, then the mouth
BROW = 10  # so many of them are of the brows
REACH = 3  # px on either side of a node
SIZE = 2 * REACH + 1  # px
SHAPE = (len(NODES), SIZE, SIZE, 3)
_PARTNER = np.array([NODES.index(MIRROR[node]) for node in NODES])


def make(clip: RecordedClip) -> np.ndarray:
    """Returns (u, v, strain) px and px per px about the nodes of the onset, float32 [30, 7, 7, 3].

    Cut from the aligned image as it is, about the pixel that a landmark lies in. A window that
    would reach beyond the image is moved into it.
    """
    image = with_strain(clip.flow)
    nearest = np.floor(clip.landmarks[0][list(NODES)] + 0.5).astype(int)
    columns, rows = np.clip(nearest, REACH, image.shape[0] - 1 - REACH).T
    around = np.arange(-REACH, REACH + 1)
    rows, columns = rows[:, None, None] + around[:, None], columns[:, None, None] + around
    return image[rows, columns]


def mirror(patches: jax.Array, _: int) -> jax.Array:
    """Returns the patches of the clip mirrored left to right: u changes its sign, nodes sides."""
    sign = np.array([[[[-1, 1, 1]]]], patches.dtype)
    return patches[_PARTNER][:, :, ::-1] * sign
