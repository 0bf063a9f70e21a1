"""Grey levels of a person, gathered clip by clip."""

import dataclasses

import numpy as np


@dataclasses.dataclass
class Levels:
    """Sum, number and maximum of the grey levels that were added: whole numbers, so exact."""

    total: float = 0.0
    count: int = 0
    most: float = 0.0

    def add(self, frames: np.ndarray) -> None:
        """Adds frames uint8 of any shape."""
        self.total += float(frames.sum(dtype=np.float64))
        self.count += frames.size
        self.most = max(self.most, float(frames.max()))

    def scaled(self) -> tuple[float, float]:
        """Returns (scale, shift) that take these levels to mean 0 and maximum 1.

        Of frames that are all of one grey, nothing is left.
        """
        mean = self.total / self.count
        scale = 1 / max(self.most - mean, 1.0)
        return scale, -mean * scale
