"""Figures of the paper, in its own units, to stand beside ours: those of its tables, by task.

Source: Shao et al., "MOL: Joint Estimation of Micro-Expression, Optical Flow, and Landmark via
Transformer-Graph-Style Convolution" (2025). They are quoted, not reproduced: the paper does not say
how clips become one figure, and none of its single-dataset accuracies is a whole number of clips at
a known clip count (see `whole_clips`).
"""

from dataclasses import dataclass

from mol_jax.feasibility.diagonals import right_clips
from mol_jax.feasibility.feasible import figure
from mol_jax.paper.paper_tables import TABLES

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


# The configs that run what a row is of: dataset, classes and t.
TASKS = {
    "casme2": ("casme2", 5, 8),
    "casme2_3class": ("casme2", 3, 8),
    "samm": ("samm", 5, 8),
    "samm_3class": ("samm", 3, 8),
    "smic": ("smic", 3, 8),
    "ablations/frames_2": ("casme2", 5, 2),
    "ablations/frames_4": ("casme2", 5, 4),
    "ablations/frames_16": ("casme2", 5, 16),
}


def _row(config: str) -> Published:
    """Returns what the paper's tables print of a config, of all of them together."""
    rows = [row for table in TABLES.values() for row in table.rows if row.config == config]
    printed = {name: float(text) for row in rows for name, text in row.figures.items()}
    where = "Table XIII" if config.startswith("ablations/") else "single-dataset comparison"
    return Published(
        *TASKS[config],
        f"{PAPER}, {where}",
        acc=printed["acc"],
        wf1=printed["wf1"],
        epe=printed.get("epe"),
        nme=printed.get("nme"),
        failure_rate=printed.get("failure_rate"),
    )


ROWS = tuple(_row(config) for config in TASKS)


def find(dataset: str, classes: int, frames: int) -> Published | None:
    """Returns the paper's row for a dataset, a number of classes and t frames, if it has one."""
    wanted = (dataset, classes, frames)
    return next((row for row in ROWS if (row.dataset, row.classes, row.frames) == wanted), None)


def whole_clips(percent: float, clips: int) -> bool:
    """Tells whether some whole number of `clips` clips is `percent` at two decimals."""
    return bool(right_clips(clips, figure("acc", f"{percent:.2f}%").window))
