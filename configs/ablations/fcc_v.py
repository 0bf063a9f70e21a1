"""FCC along the columns only, FCC-V (Table XI).

    python -m mol_jax.main --config=configs/ablations/fcc_v.py

The paper prints Acc 78.04 and WF1 74.58.
"""

from configs import casme2


def get_config():
    """Returns the config of CASME II, five classes, with model.fcc changed."""
    config = casme2.get_config()
    config.model.fcc = "vertical"
    return config
