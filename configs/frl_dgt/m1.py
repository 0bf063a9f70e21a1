"""Optical flow in the displacement's place, normalised as it would be (M1 of Table 2).

    python -m mol_jax.main --config=configs/frl_dgt/m1.py

TV-L1 from onset to apex over its largest component. There is no displacement module then, no loss
of one and no shift of the apex.

The paper prints UF1 0.758 UAR 0.739; SMIC UF1 0.671 UAR 0.667, SAMM UF1 0.778 UAR 0.730,
CASME II UF1 0.869 UAR 0.831.
"""

from configs.networks import frl_dgt


def get_config():
    """Returns the config of FRL-DGT's study with model.motion changed."""
    config = frl_dgt.get_config()
    config.model.motion = "flow"
    return config
