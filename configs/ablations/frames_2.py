"""Two frames of each clip, onset and apex (Table XIII).

    python -m data_builders.build casme2 --source=CASME2 --frames=2
    python -m mol_jax.main --config=configs/ablations/frames_2.py

The paper prints Acc 79.88 and WF1 76.03.
"""

from configs import casme2


def get_config():
    """Returns the config of CASME II, five classes, with data.frames changed."""
    config = casme2.get_config()
    config.data.frames = 2
    return config
