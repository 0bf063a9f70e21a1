"""OFF-ApexNet with the updates of its paper, on the MEGC2019 composite, leave one subject out.

    python -m mol_jax.main --config=configs/networks/off_apexnet_paper.py \\
        --workdir=runs/off_apexnet_paper

All else, and what is published, is in configs/networks/off_apexnet.py. Time: ten times as long.
"""

from configs.networks import off_apexnet


def get_config():
    """Returns the config of OFF-ApexNet's study with train.steps changed."""
    config = off_apexnet.get_config()
    config.train.steps = 21_000  # paper: 3,000 epochs, here of the largest fold
    return config
