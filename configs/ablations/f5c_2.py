"""Two F5C blocks, one after the other (Table X).

    python -m mol_jax.main --config=configs/ablations/f5c_2.py

The paper prints Acc 78.68 and WF1 73.46.
"""

from configs import casme2


def get_config():
    """Returns the config of CASME II, five classes, with model.num_f5c changed."""
    config = casme2.get_config()
    config.model.num_f5c = 2
    return config
