"""Three F5C blocks, one after the other (Table X).

    python -m mol_jax.main --config=configs/ablations/f5c_3.py

The paper prints Acc 78.27 and WF1 73.22.
"""

from configs import casme2


def get_config():
    """Returns the config of CASME II, five classes, with model.num_f5c changed."""
    config = casme2.get_config()
    config.model.num_f5c = 3
    return config
