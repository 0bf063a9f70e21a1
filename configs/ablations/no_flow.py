"""MOL without the optical flow task (Tables VIII and XV).

    python -m mol_jax.main --config=configs/ablations/no_flow.py

The paper prints Acc 75.48 and WF1 72.31, and a landmark error of 5.22 %, 6.60 % failures.
"""

from configs import casme2


def get_config():
    """Returns the config of CASME II, five classes, with tasks.flow changed."""
    config = casme2.get_config()
    config.tasks.flow = False
    return config
