"""F5C without its graph-style half, the channel correspondence convolution (Table IX).

    python -m mol_jax.main --config=configs/ablations/no_ccc.py

The paper prints Acc 76.86 and WF1 74.44.
"""

from configs import casme2


def get_config():
    """Returns the config of CASME II, five classes, with model.ccc changed."""
    config = casme2.get_config()
    config.model.ccc = False
    return config
