"""A clip's motion as one grey image: later frames minus earlier ones (approximate rank pooling)."""

import numpy as np

from mol_jax.data.flow_image import shrunk
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


def make_small(clip: RecordedClip, *, side: int) -> np.ndarray:
    """Returns Σ_t α_t I_t over onset … offset, shrunk by area, float32 [side, side] in [-1, 1].

    α as `pooled` returns it. The small image is divided by its largest magnitude; where nothing
    changes it is zero.
    """
    each = np.add.reduceat(pooled(_edges(clip.numbers)[-1]), _edges(clip.numbers)[:-1])
    total = np.einsum("t,tij->ij", each, clip.frames.astype(np.float64))
    small = shrunk(total[..., None], side)[..., 0]
    largest = np.abs(small).max()
    # What is left where nothing changes is rounding: one grey level of one pixel is far more.
    return small / largest if largest > 1e-6 else np.zeros_like(small)


def weights(numbers: np.ndarray) -> np.ndarray:
    """Returns what each of the frames `numbers` [n] on disk counts, int64 [n], 0 in sum.

    T counts absent frames too: one gives its weight to the nearest on disk, of two to the earlier.
    The weights of frames 1 … t add up to t (t − T).
    """
    edges = _edges(numbers)
    return np.diff(edges * (edges - edges[-1]))


def pooled(count: int) -> np.ndarray:
    """Returns α_t = 2 (T − t + 1) − (T + 1) (H_T − H_{t−1}), t = 1 … T = `count`, float64 [T].

    Bilen et al., "Dynamic Image Networks for Action Recognition" (2016): one step of rank pooling,
    Σ_{q>t} (V_q − V_t), of the means V_t of the first t frames. H are harmonic numbers; α is 0 in
    sum.
    """
    t = np.arange(1, count + 1)
    harmonic = np.concatenate([[0], np.cumsum(1 / t)])
    return 2 * (count - t + 1) - (count + 1) * (harmonic[-1] - harmonic[:-1])


def _edges(numbers: np.ndarray) -> np.ndarray:
    """Returns int64 [n + 1]: of T frames those from edge i to edge i+1 are nearest to frame i."""
    first, last = numbers[0], numbers[-1]
    middles = (numbers[:-1] + numbers[1:]) // 2 - first + 1
    return np.concatenate([[0], middles, [last - first + 1]]).astype(np.int64)
