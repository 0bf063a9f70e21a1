"""A vanilla transformer in FCC's place (Table XI).

    python -m mol_jax.main --config=configs/ablations/transformer.py

The paper prints Acc 76.30 and WF1 73.61.
"""

from configs import casme2


def get_config():
    """Returns the config of CASME II, five classes, with model.fcc changed."""
    config = casme2.get_config()
    config.model.fcc = "transformer"
    return config
