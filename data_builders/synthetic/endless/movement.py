"""Where each point of a drawn head lies in each aligned frame, and the way back.

A point p of the plate (brow spans) is pushed by the muscles, p + Σ level · push(p), lifted to its
height z(p), turned with the head, and aligned. Pushes and height are sums of the same K Gaussians
g(p), so frame k shows p at

    F_k(p) = A_k p + c_k + V_k g(p)      px of the aligned image

and the flow at a pixel is F_k+1(p) - F_k(p) for the point p that frame k shows there.
"""

import dataclasses
import functools

import numpy as np
from scipy.interpolate import make_interp_spline

NODES = 46  # along a side of the grid on which the way back is solved
NEWTON, CHORDS = 6, 3  # steps, with a slope of their own and with the first frame's
STEP = 0.08  # brow spans, the longest step


@dataclasses.dataclass(frozen=True)
class Bumps:
    """K Gaussians over the face. centres, sizes: [K, 2] brow spans."""

    centres: np.ndarray
    sizes: np.ndarray

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Returns the Gaussians [n, K] at points [n, 2]."""
        return self._bells(*self._away(points))

    def slopes(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Returns the Gaussians at points [n, 2] and their slopes by x and by y, each [n, K]."""
        across, down = self._away(points)
        bells = self._bells(across, down)
        per = -1 / self.sizes
        return bells, bells * across * per[:, 0], bells * down * per[:, 1]

    def _away(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        per = 1 / self.sizes
        across = (points[:, :1] - self.centres[:, 0]) * per[:, 0]
        return across, (points[:, 1:] - self.centres[:, 1]) * per[:, 1]

    @staticmethod
    def _bells(across: np.ndarray, down: np.ndarray) -> np.ndarray:
        return np.exp(-0.5 * (across * across + down * down))


@dataclasses.dataclass(frozen=True)
class Movement:
    """How a layer moves over t frames: A_k [t, 2, 2], c_k [t, 2] and V_k, pull [t, K, 2]."""

    bumps: Bumps
    flat: np.ndarray
    shift: np.ndarray
    pull: np.ndarray

    def forward(self, points: np.ndarray) -> np.ndarray:
        """Returns where points [n, 2] of the plate lie in every frame, [t, n, 2] px."""
        bells = self.bumps(points)
        return np.stack([self._place(points, bells, k) for k in range(len(self.shift))])

    def back(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Returns what frames show at `pixels` [n, 2], and where it goes.

        The points of the plate [t, n, 2], and the flow from each frame to the next [t-1, n, 2].
        """
        points, inverse = self._first(pixels)
        shown, flows = [points], []
        bells = self.bumps(points)
        for k in range(1, len(self.shift)):
            there = self._place(points, bells, k)
            flows.append(there - self._place(points, bells, k - 1))
            for _ in range(CHORDS):
                points = points + _times(inverse, pixels - there)
                bells = self.bumps(points)
                there = self._place(points, bells, k)
            shown.append(points)
        return np.stack(shown), np.stack(flows)

    def _place(self, points: np.ndarray, bells: np.ndarray, k: int) -> np.ndarray:
        return points @ self.flat[k].T + self.shift[k] + bells @ self.pull[k]

    def _first(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Returns the points that the first frame shows, and the inverse slopes [2, 2, n] there."""
        bells = self.bumps(self.bumps.centres[:1])
        points = (pixels - self.shift[0] - bells @ self.pull[0]) @ np.linalg.inv(self.flat[0]).T
        least = 0.05 * np.abs(np.linalg.det(self.flat[0]))
        for _ in range(NEWTON):
            bells, by_x, by_y = self.bumps.slopes(points)
            (a, c) = (self.flat[0, :, 0] + by_x @ self.pull[0]).T
            (b, d) = (self.flat[0, :, 1] + by_y @ self.pull[0]).T
            scale = 1 / np.maximum(a * d - b * c, least)
            inverse = np.array([[d * scale, -b * scale], [-c * scale, a * scale]])
            step = _times(inverse, pixels - self._place(points, bells, 0))
            points = points + np.clip(step, -STEP, STEP)
        return points, inverse


def _times(matrices: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    x, y = vectors[:, 0], vectors[:, 1]
    (a, b), (c, d) = matrices
    return np.stack([a * x + b * y, c * x + d * y], axis=1)


@functools.lru_cache(maxsize=8)
def nodes(size: int) -> np.ndarray:
    """Returns the places [NODES², 2] px, row by row, of the grid of an aligned image."""
    at = _along(size)
    return np.stack(np.meshgrid(at, at), axis=-1).reshape(-1, 2).astype(np.float32)


def everywhere(values: np.ndarray, size: int) -> np.ndarray:
    """Returns at every pixel [n, S, S, C] what is known at the nodes [n, NODES², C]."""
    spline = _spline(size)
    coarse = np.moveaxis(values.reshape(-1, NODES, NODES, values.shape[-1]), -1, 1)
    return np.ascontiguousarray(np.moveaxis(spline @ (coarse @ spline.T), 1, -1))


def _along(size: int) -> np.ndarray:
    return np.linspace(-1.5, size + 0.5, NODES)


@functools.lru_cache(maxsize=8)
def _spline(size: int) -> np.ndarray:
    """Returns the weights [S, NODES] that a cubic spline through the nodes has at each pixel."""
    return make_interp_spline(_along(size), np.eye(NODES), k=3)(np.arange(size)).astype(np.float32)
