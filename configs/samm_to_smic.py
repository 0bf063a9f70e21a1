"""MOL trained on all of SAMM and tested on all of SMIC, in three classes, with five seeds.

    python -m mol_jax.main --config=configs/samm_to_smic.py

The other direction that the paper has; CASME II → SMIC is `cross.py`. The paper prints Acc 44.58
and WF1 32.32.
"""

from configs import cross


def get_config():
    """Returns the config of `cross.py` with SAMM in CASME II's place."""
    config = cross.get_config()
    config.data.view = "samm/3class+smic/3class"
    config.protocol.train = ("samm",)
    return config
