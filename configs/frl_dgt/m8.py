"""Without the fusion over the regions: their mean stands for it (M8 of Table 2).

    python -m mol_jax.main --config=configs/frl_dgt/m8.py

The paper prints UF1 0.782 UAR 0.773; SMIC UF1 0.701 UAR 0.706, SAMM UF1 0.711 UAR 0.671,
CASME II UF1 0.904 UAR 0.886.
"""

from configs.networks import frl_dgt


def get_config():
    """Returns the config of FRL-DGT's study with model.global_fusion changed."""
    config = frl_dgt.get_config()
    config.model.global_fusion = False
    return config
