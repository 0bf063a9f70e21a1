"""Landmarks alone, without recognition and without optical flow (Table XV).

    python -m mol_jax.main --config=configs/ablations/landmarks_only.py

The paper prints a landmark error of 5.46 %, 7.87 % failures.
"""

from configs import casme2


def get_config():
    """Returns the config of CASME II, five classes, with tasks.mer and tasks.flow changed."""
    config = casme2.get_config()
    config.tasks.mer = False
    config.tasks.flow = False
    return config
