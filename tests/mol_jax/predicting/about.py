"""What is known of a run, for tests that have none."""

import dataclasses
from pathlib import Path

from mol_jax.predicting.result import About

ABOUT = About(
    run=Path("runs/tiny"),
    network="mol",
    view="synthetic/3class",
    classes=("negative", "positive", "surprise"),
    score="UF1 75.8 [70.1, 80.2] on 48 held-out clips; the floor, a linear SVM, 97.9",
    models=8,
    temperature=1.5,
    generated=False,
)


def about(**changes) -> About:
    """Returns ABOUT with these fields changed."""
    return dataclasses.replace(ABOUT, **changes)
