"""F5C without its transformer-style half, the fully-connected convolution (Table IX).

    python -m mol_jax.main --config=configs/ablations/no_fcc.py

The paper prints Acc 65.45 and WF1 63.19.
"""

from configs import casme2


def get_config():
    """Returns the config of CASME II, five classes, with model.fcc changed."""
    config = casme2.get_config()
    config.model.fcc = "none"
    return config
