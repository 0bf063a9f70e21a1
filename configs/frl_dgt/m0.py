"""Optical flow in the displacement's place, in px (M0 of Table 2).

    python -m mol_jax.main --config=configs/frl_dgt/m0.py

TV-L1 from onset to apex, as it was built. There is no displacement module then, no loss of one and
no shift of the apex.

The paper prints UF1 0.741 UAR 0.718; SMIC UF1 0.671 UAR 0.662, SAMM UF1 0.695 UAR 0.662,
CASME II UF1 0.846 UAR 0.834.
"""

from configs.networks import frl_dgt


def get_config():
    """Returns the config of FRL-DGT's study with model.motion and model.normalise changed."""
    config = frl_dgt.get_config()
    config.model.motion = "flow"
    config.model.normalise = "none"
    return config
