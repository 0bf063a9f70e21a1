"""Eq 11: a frame warped back by the flow onto the frame before it, and what then still differs."""

import numpy as np
from scipy.ndimage import map_coordinates


def warp(frame: np.ndarray, flow: np.ndarray, *, corner: int = 0) -> np.ndarray:
    """Returns the second frame of a pair as it looks from the first, Eq 11.

    Pixel (x, y) of the result is frame(x + u, y + v), bilinear; outside the frame its nearest
    pixel. OpenCV's remap is not used: it rounds to 1/32 px, which is much of such a flow.

    Args:
      frame: the second frame, grey, at least as large as the flow.
      flow: (u, v) px [H, W, 2], u to the right and v down, from the first frame to it.
      corner: the column and row of the frame that pixel (0, 0) of the flow lies at, px. With the
        aligned frame around a crop nothing near the crop's border is guessed.

    Returns:
      float64 [H, W], grey levels.
    """
    height, width = flow.shape[:2]
    y, x = np.mgrid[:height, :width] + corner
    at = [y + flow[..., 1], x + flow[..., 0]]
    return map_coordinates(frame.astype(np.float64), at, order=1, mode="nearest")


def difference(
    first: np.ndarray, second: np.ndarray, flow: np.ndarray, *, corner: int = 0
) -> np.ndarray:
    """Returns |warp(second) − first|, float64 [H, W] grey levels; see `warp`."""
    height, width = flow.shape[:2]
    shown = first[corner : corner + height, corner : corner + width]
    return np.abs(warp(second, flow, corner=corner) - shown)


def residuals(frames: np.ndarray, flow: np.ndarray, *, corner: int = 0) -> np.ndarray:
    """Returns the mean of `difference` of every pair, float64 [t-1] grey levels.

    frames: [t, S, S]. flow: [t-1, H, W, 2] px, from each frame to the next.
    """
    pairs = zip(frames[:-1], frames[1:], flow, strict=True)
    return np.array([difference(a, b, of, corner=corner).mean() for a, b, of in pairs])
