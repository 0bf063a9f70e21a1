"""The recognition head reads the first frame of each pair (Table XII).

    python -m mol_jax.main --config=configs/ablations/fusion_first.py

The paper prints Acc 75.04 and WF1 72.41.
"""

from configs import casme2


def get_config():
    """Returns the config of CASME II, five classes, with model.fusion changed."""
    config = casme2.get_config()
    config.model.fusion = "first"
    return config
