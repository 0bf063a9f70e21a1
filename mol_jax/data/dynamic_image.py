"""A clip's motion as one grey image: later frames minus earlier ones (approximate rank pooling)."""

import numpy as np

from mol_jax.data.recorded import RecordedClip


def make(clip: RecordedClip) -> np.ndarray:
    """Returns Σ_t (2t − T − 1) I_t over onset … offset, t = 1 … T, float32 [S, S] in [-1, 1].

    It is divided by its largest magnitude; where nothing changes it is zero.
    frl: approximate rank pooling of the frames themselves; the paper names the dynamic image alone.
    """
    total = np.zeros(clip.frames.shape[1:], np.int64)
    for weight, frame in zip(weights(clip.numbers), clip.frames, strict=True):
        total += weight * frame.astype(np.int64)
    return (total / max(np.abs(total).max(), 1)).astype(np.float32)


def weights(numbers: np.ndarray) -> np.ndarray:
    """Returns what each of the frames `numbers` [n] on disk counts, int64 [n], 0 in sum.

    T counts absent frames too: one gives its weight to the nearest on disk, of two to the earlier.
    The weights of frames 1 … t add up to t (t − T).
    """
    first, last = numbers[0], numbers[-1]
    # The frames up to edge i are nearest to one of the first i on disk.
    middles = (numbers[:-1] + numbers[1:]) // 2 - first + 1
    edges = np.concatenate([[0], middles, [last - first + 1]]).astype(np.int64)
    return np.diff(edges * (edges - edges[-1]))
