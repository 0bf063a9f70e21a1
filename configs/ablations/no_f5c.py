"""MOL without any F5C block: the heads read the conv stack's features (Table IX).

    python -m mol_jax.main --config=configs/ablations/no_f5c.py

The paper prints Acc 62.90 and WF1 62.52.
"""

from configs import casme2


def get_config():
    """Returns the config of CASME II, five classes, with model.num_f5c changed."""
    config = casme2.get_config()
    config.model.num_f5c = 0
    return config
