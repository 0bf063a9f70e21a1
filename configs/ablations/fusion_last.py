"""The recognition head reads the last frame of each pair (Table XII).

    python -m mol_jax.main --config=configs/ablations/fusion_last.py

The paper prints Acc 73.80 and WF1 72.11.
"""

from configs import casme2


def get_config():
    """Returns the config of CASME II, five classes, with model.fusion changed."""
    config = casme2.get_config()
    config.model.fusion = "last"
    return config
