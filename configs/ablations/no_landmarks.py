"""MOL without the landmark task (Tables VIII and XIV).

    python -m mol_jax.main --config=configs/ablations/no_landmarks.py

The paper prints Acc 76.60 and WF1 72.74, and a flow error of 0.972 px.
"""

from configs import casme2


def get_config():
    """Returns the config of CASME II, five classes, with tasks.landmarks changed."""
    config = casme2.get_config()
    config.tasks.landmarks = False
    return config
