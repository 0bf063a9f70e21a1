"""Recognition alone: MOL without optical flow and without landmarks (Table VIII).

    python -m mol_jax.main --config=configs/ablations/no_flow_no_landmarks.py

The paper prints Acc 66.55 and WF1 58.93.
"""

from configs import casme2


def get_config():
    """Returns the config of CASME II, five classes, with tasks.flow and tasks.landmarks changed."""
    config = casme2.get_config()
    config.tasks.flow = False
    config.tasks.landmarks = False
    return config
