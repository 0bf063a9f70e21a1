"""Skin that is pressed together folds and darkens, and stretched it smooths and brightens."""

import numpy as np

from data_builders.synthetic.drawing.action_units import Pushes
from data_builders.synthetic.endless.draws import Draws
from data_builders.synthetic.endless.movement import Bumps
from data_builders.synthetic.endless.variety import Variety

STRONGEST = 0.6  # share of light per share of area, of a strength of 1
LEAST, MOST = 0.7, 1.2  # factors of the light


def shading(
    parts: list[Pushes], levels: np.ndarray, points: np.ndarray, draws: Draws, variety: Variety
) -> np.ndarray | None:
    """Returns the factor [t, n, 1] of the light of the skin at `points` [t, n, 2]; None for none.

    parts: pushes of the units, levels: [t, A], how strong each is. The factor is 1 + s div(u), u
    being the displacement by the muscles: its divergence is by how much an area grows.
    """
    strong = variety.crease * draws("crease").uniform(0, STRONGEST)
    if not (strong and parts):
        return None
    centres, sizes, push = (
        np.concatenate([getattr(part, name) for part in parts]).astype(np.float32)
        for name in ("centres", "sizes", "pushes")
    )
    owner = np.repeat(np.arange(len(parts)), [len(part.centres) for part in parts])
    factors = []
    for level, at in zip(levels, points, strict=True):
        _, by_x, by_y = Bumps(centres, sizes).slopes(at)
        weights = (level[owner, None] * push).astype(np.float32)
        grown = by_x @ weights[:, 0] + by_y @ weights[:, 1]
        factors.append(np.clip(1 + strong * grown, LEAST, MOST))
    return np.stack(factors)[..., None]
