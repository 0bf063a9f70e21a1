"""Nine tiles of a grid in the place of the action units' regions (M5 of Table 2).

    python -m mol_jax.main --config=configs/frl_dgt/m5.py

The paper prints UF1 0.765 UAR 0.765; SMIC UF1 0.665 UAR 0.673, SAMM UF1 0.754 UAR 0.734,
CASME II UF1 0.894 UAR 0.876.
"""

from configs.networks import frl_dgt


def get_config():
    """Returns the config of FRL-DGT's study with model.regions changed."""
    config = frl_dgt.get_config()
    config.model.regions = "grid"
    return config
