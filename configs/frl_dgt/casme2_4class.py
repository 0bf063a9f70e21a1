"""FRL-DGT on CASME II, four classes, leave one subject out: 255 clips of 26 people (Table 3).

    python -m mol_jax.main --config=configs/frl_dgt/casme2_4class.py

The paper does not list its clips. It prints UF1 0.750, UAR 0.732, Acc 0.780.
"""

from configs.networks import frl_dgt


def get_config():
    """Returns the config of FRL-DGT's study with data.name and data.view changed."""
    config = frl_dgt.get_config()
    config.data.name = "casme2"
    config.data.view = "4class"
    return config
