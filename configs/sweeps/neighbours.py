"""k of CCC, chosen for each left-out person of CASME II by other people: the paper chose it so.

    python -m launch.sweep --config=configs/sweeps/neighbours.py --dry_run
    python -m launch.sweep --config=configs/sweeps/neighbours.py

In every fold a fifth of the training people are held in. They choose the step of each trial, and
the trial: the report's "Selected" is the score of that choice, which no tested person took part
in. One line there gives each k's score on the held-in people of all folds, by which the paper chose
one k for all: they are people whom other folds test, almost all of them. Each k is a program of
its own.
"""

from configs import casme2
from mol_jax.settings.space import values


def get_config():
    """Returns the base config, with k = 4 and a choice by held-in people."""
    config = casme2.get_config()
    config.selection.name = "inner"
    config.selection.every = 100
    config.train.keep_weights = False
    return config


def get_trials():
    """Returns the k that the paper settled on, then others."""
    return values("model.neighbours", [4, 1, 2, 8, 16])
