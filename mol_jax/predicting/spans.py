"""Windows over a stretch of a recording, in seconds whatever its rate; the pixels of each."""

import collections
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np

from mol_jax.errors import UserError
from mol_jax.text.words import counted

ROUNDING = 2e-3  # s: as far as a container's time stamps may be off
LARGEST = 4 * 10**9  # bytes of the grey pixels that are in memory together

Span = tuple[int, int]  # first and last frame, both inside
Of = TypeVar("Of")


def windows(times: np.ndarray, duration: float, stride: float) -> list[Span]:
    """Returns the windows over frames at `times` [n] s, as indices of these.

    A window's first and last frame are up to `duration` apart. They begin `stride` apart; what is
    left at the end has one more where it is longer than half of that. A stretch that is no longer
    than a window has one, over all of it; a single frame has none. A frame that is alone, as of a
    camera so slow, has a longer window with the next. Frames are between windows where `stride` is
    longer than `duration`.
    """
    if len(times) < 2:
        return []
    last, found, alone = len(times) - 1, list[Span](), list[int]()
    for start in np.arange(times[0], times[-1] - duration + ROUNDING, stride):
        inside = np.flatnonzero(
            (times >= start - ROUNDING) & (times <= start + duration + ROUNDING)
        )
        if len(inside) > 1:
            found.append((int(inside[0]), int(inside[-1])))
        alone += inside.tolist() if len(inside) == 1 else []
    if not found or times[-1] - times[found[-1][1]] > stride / 2:
        begin = int(np.searchsorted(times, times[-1] - duration - ROUNDING))
        found.append((min(begin, last - 1), last))
    inside = covered(len(times), found)
    found += [(min(k, last - 1), min(k, last - 1) + 1) for k in alone if not inside[k]]
    return sorted(set(found))


def covered(count: int, found: Sequence[Span]) -> np.ndarray:
    """Returns which of `count` frames are in a window, bool [count]."""
    inside = np.zeros(count, bool)
    for first, last in found:
        inside[first : last + 1] = True
    return inside


def notes(
    times: np.ndarray, frames: np.ndarray, found: Sequence[Span], duration: float, stride: float
) -> Iterator[str]:
    """Yields what is to be said of the windows of a face: what they miss, which are longer.

    times: [N] s of the recording. frames: those in which the face is. found: of the recording.
    """
    missed = int((~covered(len(times), found)[frames]).sum()) if stride > duration else 0
    if missed:
        yield (
            f"{missed} of {counted(len(frames), 'frame')} are in no window: --stride={stride:g} is "
            f"longer than --duration={duration:g}"
        )
    longer = sum(times[last] - times[first] > duration + 2 * ROUNDING for first, last in found)
    if longer:
        yield (
            f"{counted(longer, 'window')} of two frames last longer than {duration:g} s: frames "
            "are further apart than that"
        )


def with_pixels(
    images: Iterable[np.ndarray], spans: Sequence[tuple[Span, Of]]
) -> Iterator[tuple[Of, list[np.ndarray]]]:
    """Yields what belongs to each span with its images, once its last image has come.

    images: of a recording, from its first frame on. spans: in any order, overlapping as they will;
    in memory are the images from the first to the last that a span which has begun needs.

    Raises UserError where these would fill the memory.
    """
    waiting = collections.deque(sorted(spans, key=lambda one: one[0]))
    begun: list[tuple[Span, Of]] = []
    held: dict[int, np.ndarray] = {}
    for at, image in enumerate(images):
        while waiting and waiting[0][0][0] == at:
            begun.append(waiting.popleft())
        if begun:
            held[at] = image
            _refuse_too_many(begun, image)
        for span, of in [one for one in begun if one[0][1] == at]:
            yield of, [held[k] for k in range(span[0], at + 1)]
        begun = [one for one in begun if one[0][1] > at]
        needed = min((span[0] for span, _ in begun), default=at + 1)
        held = {k: kept for k, kept in held.items() if k >= needed}
        if not waiting and not begun:
            return


def _refuse_too_many(begun: Sequence[tuple[Span, object]], image: np.ndarray) -> None:
    first, last = min(span[0] for span, _ in begun), max(span[1] for span, _ in begun)
    size = (last - first + 1) * image.nbytes
    if size > LARGEST:
        raise UserError(
            f"frames {first + 1} to {last + 1} are looked at together, {size / 1e9:.1f} GB of grey "
            "pixels: give a shorter --duration, or make the video smaller"
        )


def check(duration: float, stride: float) -> None:
    """Raises UserError for windows that cannot be."""
    if not 0.02 <= duration <= 60:
        raise UserError(f"--duration is {duration:g}, expected seconds, 0.02 to 60, such as 0.5")
    if not 0.01 <= stride <= 60:
        raise UserError(f"--stride is {stride:g}, expected seconds, 0.01 to 60, such as 0.25")
