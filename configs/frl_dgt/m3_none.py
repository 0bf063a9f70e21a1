"""The displacement module learns from the classifier alone (M3 of Table 2, read otherwise).

    python -m mol_jax.main --config=configs/frl_dgt/m3_none.py

frl: `m3.py` is what the paper's word is read as. Here nothing of Eqs 1 to 4 is left, and the gate
lets all of the classifier's gradient through: a millionth of it would move nothing.

The paper prints UF1 0.778 UAR 0.777; SMIC UF1 0.707 UAR 0.718, SAMM UF1 0.697 UAR 0.677,
CASME II UF1 0.914 UAR 0.889.
"""

from configs.networks import frl_dgt


def get_config():
    """Returns the config of FRL-DGT's study with model.self_supervision and model.gate changed."""
    config = frl_dgt.get_config()
    config.model.self_supervision = "none"
    config.model.gate = 1.0
    return config
