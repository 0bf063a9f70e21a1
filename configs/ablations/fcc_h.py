"""FCC along the rows only, FCC-H (Table XI).

    python -m mol_jax.main --config=configs/ablations/fcc_h.py

The paper prints Acc 77.64 and WF1 74.16.
"""

from configs import casme2


def get_config():
    """Returns the config of CASME II, five classes, with model.fcc changed."""
    config = casme2.get_config()
    config.model.fcc = "horizontal"
    return config
