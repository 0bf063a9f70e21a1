"""Four frames of each clip (Table XIII).

    python -m data_builders.build casme2 --source=CASME2 --frames=4
    python -m mol_jax.main --config=configs/ablations/frames_4.py

The paper prints Acc 75.17 and WF1 72.81.
"""

from configs import casme2


def get_config():
    """Returns the config of CASME II, five classes, with data.frames changed."""
    config = casme2.get_config()
    config.data.frames = 4
    return config
