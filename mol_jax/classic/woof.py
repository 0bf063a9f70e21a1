"""Bi-WOOF: directions of the motion from onset to apex, weighted twice, by motion and by strain.

Liong et al., "Less is more: micro-expression recognition from video using apex frame" (2018). Of a
clip its flow [S, S, 2], (u, v) px, and of nothing else.

paper: its code closes the last of eight bins at 135°; here they cover the circle.
"""

import itertools

import numpy as np

from data_builders.pixels.strain import optical_strain

CELLS = 5  # on a side
BINS = 8  # of 45°, from -180° on


def histograms(flow: np.ndarray) -> np.ndarray:
    """Returns the weighted histograms of a flow [S, S, 2], float64 [200], of length 1.

    In each of 5×5 blocks, whose borders overlap by a pixel, directions are counted by the size of
    the motion; the shares, which sum to 1, are multiplied by the block's sum of strain. A block
    without motion is zeros, and so is a clip without strain.
    """
    flow = flow.astype(np.float64)
    size, strain, bins = np.hypot(flow[..., 0], flow[..., 1]), optical_strain(flow), direction(flow)
    found = [_shares(bins[block], size[block]) * strain[block].sum() for block in blocks(len(flow))]
    whole = np.concatenate(found)
    length = np.linalg.norm(whole)
    return whole / length if length else whole


def direction(flow: np.ndarray) -> np.ndarray:
    """Returns the bin of each direction, 0 … 7 [...] of (u, v) [..., 2]; 180° is -180°."""
    angles = np.degrees(np.arctan2(flow[..., 1], flow[..., 0]))
    return np.floor((angles + 180) / (360 / BINS)).astype(np.int64) % BINS


def blocks(side: int) -> list[tuple[slice, slice]]:
    """Returns the 25 blocks of an image of `side` px, row by row."""
    border = np.round(side * np.arange(CELLS + 1) / CELLS).astype(int)
    along = [
        slice(max(int(a) - 1, 0), min(int(b) + 1, side)) for a, b in itertools.pairwise(border)
    ]
    return [(rows, columns) for rows in along for columns in along]


def _shares(bins: np.ndarray, size: np.ndarray) -> np.ndarray:
    counted = np.bincount(bins.ravel(), weights=size.ravel(), minlength=BINS)
    total = counted.sum()
    return counted / total if total else counted
