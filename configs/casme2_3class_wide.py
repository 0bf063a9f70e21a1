"""MOL on the wide three-class set of CASME II, whose negative has sadness and fear too.

    python -m mol_jax.main --config=configs/casme2_3class_wide.py

156 clips of 25 people. The paper does not name its three-class set; the people in the list of its
authors' release are these 25, with sub10 and without sub18. `casme2_3class.py` is the set of
MEGC2019. The paper prints Acc 91.26 and WF1 88.91.
"""

from configs import casme2


def get_config():
    """Returns the config of `casme2.py` with the wide view of three classes."""
    config = casme2.get_config()
    config.data.view = "3class_wide"
    return config
