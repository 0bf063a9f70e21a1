"""Without the regions' own fusion: each is the mean of its patches (M7 of Table 2).

    python -m mol_jax.main --config=configs/frl_dgt/m7.py

The paper prints UF1 0.781 UAR 0.765; SMIC UF1 0.741 UAR 0.745, SAMM UF1 0.725 UAR 0.672,
CASME II UF1 0.848 UAR 0.838.
"""

from configs.networks import frl_dgt


def get_config():
    """Returns the config of FRL-DGT's study with model.local_fusion changed."""
    config = frl_dgt.get_config()
    config.model.local_fusion = False
    return config
