"""MDMO: the main direction of each region's motion, and how far it goes.

Liu et al., "A Main Directional Mean Optical Flow Feature for Spontaneous Micro-Expression
Recognition" (2016), on the regions of `mol_jax.classic.regions`. Of a clip its frames [t, S, S] and
the landmarks of the first, and of nothing else.

paper: it takes every frame and a robust local flow; here these are ten frames at even times and
OpenCV's DIS, or TV-L1, which takes a hundred times as long.
"""

import numpy as np

from data_builders.pixels.flow import METHODS
from mol_jax.classic import regions, woof

DISTANCE, ANGLE = 0.8, 0.2  # what the two halves of the vector are weighed with


def of_frames(frames: np.ndarray, landmarks: np.ndarray, *, flow: str) -> np.ndarray:
    """Returns the feature of a clip, float64 [72]: 36 distances, then 36 angles.

    frames: uint8 [t, S, S], t > 1. landmarks: [68, 2] px of the first frame. flow: "dis" or "tvl1",
    from the first frame to each of the others.
    """
    find = METHODS[flow].find
    return of_flows([find(frames[0], frame) for frame in frames[1:]], landmarks)


def of_flows(flows: list[np.ndarray], landmarks: np.ndarray) -> np.ndarray:
    """Returns the feature of the flows [S, S, 2] from a frame to later ones, float64 [72].

    Distances are divided by the largest, so that they are 0 to 1 (all 0 where nothing moves), and
    weighed by 0.8; angles are radians, 0 to the right and positive down, and weighed by 0.2.
    """
    inside = regions.masks(landmarks, len(flows[0]))
    distance, angle = np.mean([main_direction(flow, inside) for flow in flows], axis=0)
    most = distance.max()
    distance = distance / most if most else distance
    return np.concatenate([DISTANCE * distance, ANGLE * angle])


def main_direction(flow: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Returns the mean distance and angle of each region's fullest bin, float64 [2, 36].

    inside: bool [36, S, S]. Bins of 45° are filled by pixels, however far these move; of two that
    are as full, the first. Angles are of [-π, π). A region outside of the image has 0 and 0.
    """
    flow = flow.astype(np.float64)
    u, v = np.moveaxis(flow, -1, 0)
    bins, distance, angle = woof.direction(flow), np.hypot(u, v), np.arctan2(v, u)
    angle[(bins == 0) & (angle > 0)] -= 2 * np.pi  # 180° is of the bin from -180° on
    found = np.zeros((2, len(inside)))
    for region, mask in enumerate(inside):
        if not mask.any():
            continue
        fullest = np.bincount(bins[mask], minlength=woof.BINS).argmax()
        chosen = mask & (bins == fullest)
        found[:, region] = distance[chosen].mean(), angle[chosen].mean()
    return found
