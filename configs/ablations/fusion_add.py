"""The recognition head reads the sum of the features of each pair (Table XII).

    python -m mol_jax.main --config=configs/ablations/fusion_add.py

The paper prints Acc 72.51 and WF1 69.90.
"""

from configs import casme2


def get_config():
    """Returns the config of CASME II, five classes, with model.fusion changed."""
    config = casme2.get_config()
    config.model.fusion = "add"
    return config
