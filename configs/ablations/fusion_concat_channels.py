"""The pairs' features joined along channels, not along time (beside Table XII).

    python -m mol_jax.main --config=configs/ablations/fusion_concat_channels.py

The paper does not say along which axis its concatenation runs; MOL's, as in the authors' release,
runs along time. There is no figure of the paper for this one.
"""

from configs import casme2


def get_config():
    """Returns the config of CASME II, five classes, with model.fusion changed."""
    config = casme2.get_config()
    config.model.fusion = "concat_channels"
    return config
