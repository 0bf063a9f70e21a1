"""Flow and landmarks without recognition (Tables XIV and XV).

    python -m mol_jax.main --config=configs/ablations/no_mer.py

The paper prints a flow error of 0.839 px and a landmark error of 4.89 %, 2.42 % failures.
"""

from configs import casme2


def get_config():
    """Returns the config of CASME II, five classes, with tasks.mer changed."""
    config = casme2.get_config()
    config.tasks.mer = False
    return config
