"""How the paper is cited, and whether a figure of it can be a share of some clips.

Source: Shao et al., "MOL: Joint Estimation of Micro-Expression, Optical Flow, and Landmark via
Transformer-Graph-Style Convolution" (2025). Its figures are quoted, not reproduced: the paper does
not say how clips become one figure, and none of its single-dataset accuracies is a whole number of
clips at a known clip count.
"""

from mol_jax.scoring.feasible.question import figure
from mol_jax.scoring.feasible.right_clips import right_clips

PAPER = "Shao et al. 2025"


def whole_clips(percent: float, clips: int) -> bool:
    """Tells whether some whole number of `clips` clips is `percent` at two decimals."""
    return bool(right_clips(clips, figure("acc", f"{percent:.2f}%").window))
