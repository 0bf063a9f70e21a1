"""Which t frames of a clip the network sees: one even sample, and shifted ones where asked."""

import numpy as np

from data_builders.annotations.annotation import ClipAnnotation


def clip_numbers(annotation: ClipAnnotation, on_disk: np.ndarray) -> np.ndarray:
    """Frame numbers [n] on disk from onset to offset, ascending.

    The annotation bounds the clip, not the folder, which may hold the whole recording. An offset
    beyond the last frame on disk is thereby clipped to it.
    """
    inside = (annotation.onset <= on_disk) & (on_disk <= annotation.offset)
    return on_disk[inside]


def sample_indices(numbers: np.ndarray, apex: int, frames: int) -> np.ndarray:
    """Indices int64 [t] of the sampled frames among `numbers` [n].

    t frame numbers evenly spaced from the first to the last, which are onset and offset unless
    those are not on disk; round(linspace), each taken from the nearest frame. t = 2 is onset and
    `apex`, see `onset_and_apex`. A clip with fewer than t frames repeats some.
    """
    if frames == 2:
        return onset_and_apex(numbers, apex)
    return even_indices(numbers, frames)


def even_indices(numbers: np.ndarray, frames: int) -> np.ndarray:
    """Indices int64 [t] among `numbers` [n] of t frames, evenly from the first to the last."""
    return nearest(numbers, np.round(np.linspace(int(numbers[0]), int(numbers[-1]), frames)))


def onset_and_apex(numbers: np.ndarray, apex: int) -> np.ndarray:
    """Indices int64 [2] of the first frame and of the apex (`apex_number`) among `numbers` [n].

    An apex that is absent is the nearest frame after the first: a frame and itself show no motion.
    Only a clip of one frame has no other.
    """
    later = numbers[1:] if len(numbers) > 1 else numbers
    at = nearest(later, np.array([apex_number(numbers, apex)]))
    return np.concatenate([[0], len(numbers) - len(later) + at])


def apex_number(numbers: np.ndarray, apex: int) -> int:
    """Number of the frame that is shown as the apex of a clip with frames `numbers` [n] on disk.

    A clip without a usable apex, or whose apex is its onset and so shows no motion, gives its
    middle frame; an apex beyond the last frame on disk gives that frame.
    """
    first, last = int(numbers[0]), int(numbers[-1])
    return min(apex if apex > first else (first + last) // 2, last)


def sample_phases(numbers: np.ndarray, frames: int, phases: int) -> np.ndarray:
    """Indices int64 [p, t] of shifted samples, p from 0 to `phases`, no two rows alike.

    A video of n frame numbers from the first to the last has n // t phases: phase j shows frames
    first + j + i (n // t), i = 0 … t-1, as the authors' release cuts a video into clips; up to t-1
    frames at the end are in none. Of more than `phases` of them, `phases` evenly spaced ones are
    taken. A video shorter than t has none. Where frames are absent, phases may fall together.
    """
    stride = (int(numbers[-1]) - int(numbers[0]) + 1) // frames
    taken = min(stride, phases)
    shifts = np.arange(taken) * stride // max(taken, 1)
    wanted = numbers[0] + shifts[:, None] + stride * np.arange(frames)
    rows = dict.fromkeys(tuple(nearest(numbers, row).tolist()) for row in wanted)
    return np.array(list(rows), np.int64).reshape(-1, frames)


def nearest(numbers: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Index of the frame on disk that is nearest to each wanted number, int64."""
    distance = np.abs(numbers[None, :] - wanted[:, None])
    return distance.argmin(axis=1).astype(np.int64)


def count_repeats(sampled: np.ndarray) -> int:
    """How many of the t samples show a frame that an earlier sample already showed."""
    return len(sampled) - len(np.unique(sampled))
