"""Tokens meet after attention: the linear fusion comes last (M4 of Table 2).

    python -m mol_jax.main --config=configs/frl_dgt/m4.py

The paper prints UF1 0.797 UAR 0.792; SMIC UF1 0.746 UAR 0.746, SAMM UF1 0.734 UAR 0.719,
CASME II UF1 0.898 UAR 0.885.
"""

from configs.networks import frl_dgt


def get_config():
    """Returns the config of FRL-DGT's study with model.fusion changed."""
    config = frl_dgt.get_config()
    config.model.fusion = "after"
    return config
