"""Figures of the paper, in its own units, to stand beside ours.

Source: Shao et al., "MOL: Joint Estimation of Micro-Expression, Optical Flow, and Landmark via
Transformer-Graph-Style Convolution" (2025). They are quoted, not reproduced: the paper does not say
how clips become one figure, and none of its single-dataset accuracies is a whole number of clips at
a known clip count (see `whole_clips`).
"""

from dataclasses import dataclass

from mol_jax.diagonals import right_clips
from mol_jax.feasible import figure

PAPER = "Shao et al. 2025"
CROP = 128  # px: the paper's flow errors are of crops of this size


@dataclass(frozen=True)
class Published:
    """One row of the paper; percent, epe in px. None where the paper prints nothing."""

    dataset: str
    classes: int
    frames: int  # t
    source: str
    acc: float
    wf1: float
    epe: float | None = None
    nme: float | None = None
    failure_rate: float | None = None


_SINGLE = f"{PAPER}, single-dataset comparison"
_FRAMES = f"{PAPER}, Table XIII"

ROWS = (
    Published("casme2", 5, 8, _SINGLE, 79.23, 75.85, epe=0.650, nme=2.35, failure_rate=2.13),
    Published("casme2", 3, 8, _SINGLE, 91.26, 88.91),
    Published("samm", 5, 8, _SINGLE, 76.68, 71.90),
    Published("samm", 3, 8, _SINGLE, 88.36, 82.72),
    Published("smic", 3, 8, _SINGLE, 80.71, 78.81),
    Published("casme2", 5, 2, _FRAMES, 79.88, 76.03),
    Published("casme2", 5, 4, _FRAMES, 75.17, 72.81),
    Published("casme2", 5, 16, _FRAMES, 78.98, 75.25),
)


def find(dataset: str, classes: int, frames: int) -> Published | None:
    """Returns the paper's row for a dataset, a number of classes and t frames, if it has one."""
    wanted = (dataset, classes, frames)
    return next((row for row in ROWS if (row.dataset, row.classes, row.frames) == wanted), None)


def whole_clips(percent: float, clips: int) -> bool:
    """Tells whether some whole number of `clips` clips is `percent` at two decimals."""
    return bool(right_clips(clips, figure("acc", f"{percent:.2f}%").window))
