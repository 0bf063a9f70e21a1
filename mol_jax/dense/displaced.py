"""What a run keeps of some clips of which it compares onset and apex: no pixels.

It lies where `kept` says. Displacement in colours and weights are no picture of a face either.
"""

import dataclasses

import numpy as np

from mol_jax.data.clips import Dataset
from mol_jax.dense.kept import check_shapes
from mol_jax.networks.network import Dense

FLOW = "flow_onset_apex"  # of the inputs of a clip


@dataclasses.dataclass(frozen=True, eq=False)
class Displaced:
    """Of one clip, all in px of the whole aligned image, S×S.

    Each is None where the run has no such thing. side: int64 [], S. boxes: float32 [K, 4],
    (x0, y0, x1, y1) of K regions. displacement: float32 [S, S, 2], (x, y) from onset to apex, the
    network's. flow: float32 [S, S, 2], that of TV-L1. weights: float32 [K], of the regions.
    local_weights: float32 [K, m], of the m patches in each region, row by row.
    """

    side: np.ndarray
    boxes: np.ndarray | None = None
    displacement: np.ndarray | None = None
    flow: np.ndarray | None = None
    weights: np.ndarray | None = None
    local_weights: np.ndarray | None = None

    @property
    def error(self) -> tuple[float, float] | None:
        """Returns the mean end-point error against TV-L1, px, and that of no displacement."""
        if self.displacement is None or self.flow is None:
            return None
        apart = np.linalg.norm(self.displacement - self.flow, axis=-1).mean()
        return float(apart), float(np.linalg.norm(self.flow, axis=-1).mean())

    def check(self) -> None:
        """Raises ValueError unless the shapes and numbers fit each other."""
        side = int(self.side)
        expected: dict[str, tuple[int, ...]] = {}
        expected |= dict.fromkeys(("displacement", "flow"), (side, side, 2))
        if self.boxes is not None:
            regions = len(self.boxes)
            expected |= {"boxes": (regions, 4), "weights": (regions,)}
            if self.local_weights is not None:
                patches = int(np.sqrt(self.local_weights.shape[-1])) ** 2
                expected["local_weights"] = regions, patches
        check_shapes(self, expected)


def of_clip(dataset: Dataset, row: int, dense: Dense, *, side: int) -> Displaced:
    """Returns what is to be kept of a row of the table; dense: of this clip alone."""
    inputs = dataset.table.inputs
    return Displaced(
        side=np.array(side),
        boxes=dense.boxes,
        displacement=dense.displacement,
        flow=inputs[FLOW][row] if FLOW in inputs else None,
        weights=dense.weights,
        local_weights=dense.local_weights,
    )
