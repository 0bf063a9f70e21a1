"""The regions alone, without the full face (M6 of Table 2).

    python -m mol_jax.main --config=configs/frl_dgt/m6.py

The paper prints UF1 0.773 UAR 0.774; SMIC UF1 0.689 UAR 0.698, SAMM UF1 0.758 UAR 0.704,
CASME II UF1 0.876 UAR 0.881.
"""

from configs.networks import frl_dgt


def get_config():
    """Returns the config of FRL-DGT's study with model.full_face changed."""
    config = frl_dgt.get_config()
    config.model.full_face = False
    return config
