"""Optical flow between aligned frames, the training target of the flow task."""

import dataclasses
import itertools
from collections.abc import Callable

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


def dis(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Dense inverse search, OpenCV's preset "medium"; arguments and result as those of `tvl1`.

    Its patches lose their mean before they are compared: light that flickers is no motion to it.
    """
    method = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return method.calc(first, second, None)  # type: ignore[call-overload] # its stub forgets None


def farneback(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Farnebäck's flow, by the numbers of OpenCV's examples; else as `tvl1`."""
    numbers = (0.5, 3, 15, 3, 5, 1.2, 0)
    return cv2.calcOpticalFlowFarneback(first, second, None, *numbers)  # type: ignore[call-overload]


@dataclasses.dataclass(frozen=True)
class Method:
    """A way to find flow, and what the built dataset says about it."""

    find: Callable[[np.ndarray, np.ndarray], np.ndarray]
    description: str


DEFAULT = "tvl1"
METHODS = {  # that a dataset is built with
    "tvl1": Method(tvl1, "TV-L1, OpenCV defaults"),
    "dis": Method(dis, "DIS, OpenCV preset medium"),
}
KNOWN = METHODS | {"farneback": Method(farneback, "Farnebäck, numbers of OpenCV's examples")}


def pair_flows(frames: np.ndarray, sampled: np.ndarray, method: str = DEFAULT) -> np.ndarray:
    """Flow between consecutive sampled frames.

    Args:
      frames: aligned frames, uint8 [n, S, S].
      sampled: [t] indices into frames, ascending.
      method: one of `KNOWN`.

    Returns:
      float16 [t-1, S, S, 2]; zero where a short clip repeats a frame. Half precision resolves
      1/1024 px at one pixel of motion, far below TV-L1's own error.
    """
    return phase_flows(frames, sampled[None], method)[0]


def phase_flows(frames: np.ndarray, sampled: np.ndarray, method: str = DEFAULT) -> np.ndarray:
    """Flow between consecutive frames of several samples, `pair_flows` of each.

    Args:
      frames: aligned frames, uint8 [n, S, S].
      sampled: [phases, t] indices into frames; a pair that occurs twice is computed once.
      method: one of `KNOWN`.

    Returns:
      float16 [phases, t-1, S, S, 2].
    """
    find = KNOWN[method].find
    still = np.zeros((*frames.shape[1:], 2), np.float16)
    known: dict[tuple[int, int], np.ndarray] = {}
    flows = np.empty((len(sampled), sampled.shape[1] - 1, *still.shape), np.float16)
    for row, indices in zip(flows, sampled.tolist(), strict=True):
        for at, pair in enumerate(itertools.pairwise(indices)):
            if pair not in known:
                a, b = pair
                known[pair] = still if a == b else find(frames[a], frames[b]).astype(np.float16)
            row[at] = known[pair]
    return flows
