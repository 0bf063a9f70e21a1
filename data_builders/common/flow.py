"""TV-L1 optical flow between aligned frames, the training target of the flow task."""

import itertools

import cv2
import numpy as np


def tvl1(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """TV-L1 flow from one frame to the other, OpenCV's default parameters.

    Args:
      first, second: grey uint8 [S, S].

    Returns:
      float32 [S, S, 2] (u to the right, v down) in px: second(x + u, y + v) ≈ first(x, y).
    """
    method = cv2.optflow.createOptFlow_DualTVL1()
    return method.calc(first, second, None)  # type: ignore[call-overload] # its stub forgets None


def pair_flows(frames: np.ndarray, sampled: np.ndarray) -> np.ndarray:
    """Flow between consecutive sampled frames.

    Args:
      frames: aligned frames, uint8 [n, S, S].
      sampled: [t] indices into frames, ascending.

    Returns:
      float16 [t-1, S, S, 2]; zero where a short clip repeats a frame. Half precision resolves
      1/1024 px at one pixel of motion, far below TV-L1's own error.
    """
    flows = np.zeros((len(sampled) - 1, *frames.shape[1:], 2), np.float16)
    for pair, (a, b) in enumerate(itertools.pairwise(sampled)):
        if a != b:
            flows[pair] = tvl1(frames[a], frames[b])
    return flows
