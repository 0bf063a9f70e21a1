"""MOL on SAMM in three classes, negative, positive and surprise, leave one subject out.

    python -m mol_jax.main --config=configs/samm_3class.py

133 clips. The paper prints Acc 88.36 and WF1 82.72.
"""

from configs import samm


def get_config():
    """Returns the config of `samm.py` with the view of three classes."""
    config = samm.get_config()
    config.data.view = "3class"
    return config
