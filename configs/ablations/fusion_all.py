"""The recognition head reads every frame once (Table XII).

    python -m mol_jax.main --config=configs/ablations/fusion_all.py

The paper prints Acc 74.65 and WF1 71.94.
"""

from configs import casme2


def get_config():
    """Returns the config of CASME II, five classes, with model.fusion changed."""
    config = casme2.get_config()
    config.model.fusion = "all"
    return config
