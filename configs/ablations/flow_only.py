"""Optical flow alone, without recognition and without landmarks (Table XIV).

    python -m mol_jax.main --config=configs/ablations/flow_only.py

The paper prints a flow error of 1.145 px.
"""

from configs import casme2


def get_config():
    """Returns the config of CASME II, five classes, with tasks.mer and tasks.landmarks changed."""
    config = casme2.get_config()
    config.tasks.mer = False
    config.tasks.landmarks = False
    return config
