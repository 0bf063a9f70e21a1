"""Which t frames of a clip the network sees."""

import numpy as np

from data_builders.common.annotation import ClipAnnotation


def clip_numbers(annotation: ClipAnnotation, on_disk: np.ndarray) -> np.ndarray:
    """Frame numbers [n] on disk from onset to offset, ascending.

    The annotation bounds the clip, not the folder, which may hold the whole recording. An offset
    beyond the last frame on disk is thereby clipped to it.
    """
    inside = (annotation.onset <= on_disk) & (on_disk <= annotation.offset)
    return on_disk[inside]


def sample_indices(numbers: np.ndarray, annotation: ClipAnnotation, frames: int) -> np.ndarray:
    """Indices int64 [t] of the sampled frames among `numbers` [n].

    t frame numbers evenly spaced from onset to offset, round(linspace), each taken from the nearest
    frame on disk. t = 2 is onset and apex; a clip without a usable apex, or whose apex is its onset
    and so shows no motion, gives its middle frame. A clip with fewer than t frames repeats some.
    """
    last = min(annotation.offset, int(numbers[-1]))
    first = min(annotation.onset, last)
    if frames == 2:
        apex = annotation.apex if annotation.apex > first else (first + last) // 2
        wanted = np.array([first, min(apex, last)])
    else:
        wanted = np.round(np.linspace(first, last, frames))
    distance = np.abs(numbers[None, :] - wanted[:, None])
    return distance.argmin(axis=1).astype(np.int64)


def count_repeats(sampled: np.ndarray) -> int:
    """How many of the t samples show a frame that an earlier sample already showed."""
    return len(sampled) - len(np.unique(sampled))
