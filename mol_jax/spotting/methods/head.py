"""What of a motion is the head's, and what is left of it."""

import numpy as np

ROUNDS = 6  # of weighting
TUKEY = 4.685  # of Tukey's biweight: 95 % efficient where the errors are normal


def fitted(places: np.ndarray, motion: np.ndarray, scale: float) -> np.ndarray:
    """Returns the affine map [2, 3] that moves places [n, 2] by `motion` [n, 2], robustly.

    A head that turns and nods a little moves its picture by an affine map and a remainder by its
    relief; what a muscle moves beside is weighted out (iteratively, Tukey's biweight). scale: px,
    the least error that is taken for noise. Places and motion are in px of one image.
    """
    design = np.column_stack([places, np.ones(len(places))])
    weights = np.ones(len(places))
    solution = np.zeros((3, 2))
    for _ in range(ROUNDS):
        root = np.sqrt(weights)[:, None]
        solution = np.linalg.lstsq(design * root, motion * root, rcond=None)[0]
        errors = np.linalg.norm(motion - design @ solution, axis=1)
        spread = max(1.4826 * float(np.median(errors)), scale)
        weights = np.clip(1 - (errors / (TUKEY * spread)) ** 2, 0, 1) ** 2 + 1e-9
    return solution.T


def applied(fit: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Returns the motion [n, 2] that a fit gives places [n, 2]."""
    return places @ fit[:, :2].T + fit[:, 2]
