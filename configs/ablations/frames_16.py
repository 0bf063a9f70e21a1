"""Sixteen frames of each clip (Table XIII).

    python -m data_builders.build casme2 --source=CASME2 --frames=16
    python -m mol_jax.main --config=configs/ablations/frames_16.py

The paper prints Acc 78.98 and WF1 75.25.
"""

from configs import casme2


def get_config():
    """Returns the config of CASME II, five classes, with data.frames changed."""
    config = casme2.get_config()
    config.data.frames = 16
    return config
