"""The recognition head reads the difference of the features of each pair (Table XII).

    python -m mol_jax.main --config=configs/ablations/fusion_subtract.py

The paper prints Acc 72.13 and WF1 69.34.
"""

from configs import casme2


def get_config():
    """Returns the config of CASME II, five classes, with model.fusion changed."""
    config = casme2.get_config()
    config.model.fusion = "subtract"
    return config
