"""The dynamic image in the displacement's place (M2 of Table 2).

    python -m mol_jax.main --config=configs/frl_dgt/m2.py

There is no displacement module then, no loss of one and no shift of the apex.

The paper prints UF1 0.739 UAR 0.720; SMIC UF1 0.684 UAR 0.679, SAMM UF1 0.762 UAR 0.745,
CASME II UF1 0.759 UAR 0.716.
"""

from configs.networks import frl_dgt


def get_config():
    """Returns the config of FRL-DGT's study with model.motion changed."""
    config = frl_dgt.get_config()
    config.model.motion = "dynamic_image"
    return config
