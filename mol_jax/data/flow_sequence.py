"""Flow and strain between the frames of a clip's sample, as a sequence of small images.

Of t frames there are t-1 images, each the flow from one to the next: what the record has of them,
by `data.flow` of the frames that `data.sampling` takes. Each is t-1 times as large as it was found,
which is how far the motion would go at that speed from the first frame to the last: so the numbers
are as large as those of a flow image from onset to apex, and of any t. A frame that a short clip
repeats makes an image of zeros.
"""

import numpy as np

from mol_jax.data import flow_image
from mol_jax.data.recorded import RecordedClip
from mol_jax.errors import UserError

SIDE = 28  # px


def make(clip: RecordedClip, *, frames: int) -> np.ndarray:
    """Returns (u, v, strain) of a clip's t-1 pairs, float32 [t-1, 28, 28, 3], t = `frames`.

    u and v in px · (t-1) to the right and down, strain in px · (t-1) per px, taken at S px and then
    shrunk by area. Raises UserError where the clip is built with another number of frames.
    """
    pairs = len(clip.flows)
    if pairs != frames - 1:
        raise UserError(
            f"the network reads flow_sequence_{frames}, the flow between {frames} frames, but the "
            f"clips have {pairs + 1}: set data.frames={frames}."
        )
    images = flow_image.with_strain(pairs * clip.flows.astype(np.float32))
    size = images.shape[1]
    side_by_side = images.transpose(1, 2, 0, 3).reshape(size, size, 3 * pairs)
    shrunk = flow_image.shrunk(side_by_side, SIDE).reshape(SIDE, SIDE, pairs, 3)
    return np.ascontiguousarray(shrunk.transpose(2, 0, 1, 3))
