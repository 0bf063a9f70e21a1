"""The displacement module learns from the labelled pairs alone (M3 of Table 2).

    python -m mol_jax.main --config=configs/frl_dgt/m3.py

frl: "without self-supervision" is read as without the random pairs. `m3_none.py` leaves the losses
on the labelled pairs out too.

The paper prints UF1 0.778 UAR 0.777; SMIC UF1 0.707 UAR 0.718, SAMM UF1 0.697 UAR 0.677,
CASME II UF1 0.914 UAR 0.889.
"""

from configs.networks import frl_dgt


def get_config():
    """Returns the config of FRL-DGT's study with model.self_supervision changed."""
    config = frl_dgt.get_config()
    config.model.self_supervision = "clip"
    return config
