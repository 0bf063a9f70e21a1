"""LBP-TOP: local binary patterns on the three orthogonal planes of a clip, counted in blocks.

Zhao and Pietikäinen, "Dynamic texture recognition using local binary patterns with an application
to facial expressions" (2007). A voxel is compared with eight points of an ellipse around it, in
each of the planes XY, XT and YT. A volume is [T, H, W], frames, rows, columns. No point lies
outside of it: what is closer to its border than a radius has no code, and nothing is wrapped.
"""

import functools
from collections.abc import Iterable

import numpy as np

POINTS = 8  # of an ellipse, so a code has eight bits
PLANES = ((1, 2), (0, 2), (0, 1))  # XY, XT, YT: the axes that sine and cosine run along
TIME_BLOCKS = 2
UNIFORM = POINTS * (POINTS - 1) + 3  # codes of at most two changes, and one for all others: 59
FULL = 2**POINTS
FLAT = 1e-6  # grey levels: interpolation must not tell a flat region's pixels apart


def histograms(
    volume: np.ndarray, *, radius: int, radius_t: int, blocks: int, uniform: bool
) -> np.ndarray:
    """Returns the histograms of a volume [T, H, W], float64 [blocks × blocks × 2 × 3 × codes].

    In each of blocks × blocks × 2 blocks, of rows, columns and time, and of each plane the share of
    every code, which sum to 1. A block's borders are round(k L / blocks) of the L voxels that the
    radius leaves. radius: px, radius_t: frames. uniform: the 59 codes of `uniform_table`, else all
    256.
    """
    table, bins = (uniform_table(), UNIFORM) if uniform else (np.arange(FULL), FULL)
    found = [table[one] for one in codes(volume, radius=radius, radius_t=radius_t)]
    block, count = _blocks(found[0].shape, (TIME_BLOCKS, blocks, blocks))
    counted = [
        np.bincount((block * bins + one).ravel(), minlength=count * bins).reshape(count, bins)
        for one in found
    ]
    every = np.stack(counted, axis=1).astype(np.float64)  # [blocks, planes, codes]
    return (every / every.sum(-1, keepdims=True)).ravel()


def codes(volume: np.ndarray, *, radius: int, radius_t: int) -> tuple[np.ndarray, ...]:
    """Returns the codes of the planes XY, XT and YT, each int64 [T-2 radius_t, H-2 r, W-2 r].

    Bit p is set where the point at the angle 2π p / 8 is no darker than the voxel.
    """
    radii = (radius_t, radius, radius)
    volume = np.asarray(volume, np.float64)  # float32 would round by more than FLAT
    centre = _shifted(volume, radii, (0, 0, 0)) - FLAT
    return tuple(_codes(volume, centre, radii, plane) for plane in PLANES)


def _codes(
    volume: np.ndarray, centre: np.ndarray, radii: tuple[int, ...], plane: tuple[int, int]
) -> np.ndarray:
    found = np.zeros(centre.shape, np.int64)
    for bit, offset in enumerate(points(radii, plane)):
        found |= (_sampled(volume, radii, offset) >= centre).astype(np.int64) << bit
    return found


def points(radii: tuple[int, ...], plane: tuple[int, int]) -> np.ndarray:
    """Returns the eight offsets of a plane, float64 [8, 3] in frames, rows, columns.

    The first lies along the plane's last axis; the sine points to lower indices, as in
    scikit-image. Rounded, so that a point on an axis is read from one voxel.
    """
    angles = 2 * np.pi * np.arange(POINTS) / POINTS
    offsets = np.zeros((POINTS, 3))
    offsets[:, plane[0]] = -radii[plane[0]] * np.sin(angles)
    offsets[:, plane[1]] = radii[plane[1]] * np.cos(angles)
    return np.round(offsets, 9)


def _sampled(volume: np.ndarray, radii: tuple[int, ...], offset: np.ndarray) -> np.ndarray:
    """Returns the volume at an offset from every voxel that has a code, linear between voxels."""
    low = np.floor(offset).astype(int)
    share = offset - low
    total = np.zeros([n - 2 * r for n, r in zip(volume.shape, radii, strict=True)])
    for corner in np.ndindex(2, 2, 2):
        weight = np.prod(np.where(corner, share, 1 - share))
        if weight:
            total += weight * _shifted(volume, radii, low + corner)
    return total


def _shifted(volume: np.ndarray, radii: tuple[int, ...], by: Iterable[int]) -> np.ndarray:
    """Returns what lies `by` whole voxels away from every voxel that has a code."""
    inside = zip(volume.shape, radii, by, strict=True)
    return volume[tuple(slice(r + d, n - r + d) for n, r, d in inside)]


def _blocks(shape: tuple[int, ...], counts: tuple[int, ...]) -> tuple[np.ndarray, int]:
    """Returns the number of the block that each voxel is in, of `shape`, and how many there are."""
    along = [
        np.searchsorted(np.round(np.arange(1, b) * n / b), np.arange(n), side="right")
        for n, b in zip(shape, counts, strict=True)
    ]
    grid = np.ix_(*along)
    return np.ravel_multi_index(np.broadcast_arrays(*grid), counts), int(np.prod(counts))


@functools.cache
def uniform_table() -> np.ndarray:
    """Returns the number that each of the 256 codes has among the 59, int64 [256].

    A code that changes at most twice around the circle has one of its own, by how many bits are set
    and where they start; all others are 58. This is scikit-image's "nri_uniform"; its "uniform"
    has ten, of codes that are turned into one another.
    """
    return np.array([_uniform([code >> bit & 1 for bit in range(POINTS)]) for code in range(FULL)])


def _uniform(bits: list[int]) -> int:
    changes = sum(bits[p] != bits[p - 1] for p in range(POINTS))
    ones = sum(bits)
    if changes > 2:
        return UNIFORM - 1
    if ones in (0, POINTS):
        return 0 if not ones else UNIFORM - 2
    start = next(p for p in range(POINTS) if bits[p] and not bits[p - 1])
    return 1 + (ones - 1) * POINTS + -start % POINTS
