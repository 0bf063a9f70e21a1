"""The same pre-training on Aff-Wild2, which is licensed: what the MOL paper started from.

    python -m data_builders.build affwild2 --source=DIR
    python -m mol_jax.pretrain --config=configs/pretrain/affwild2.py --workdir=runs/affwild2

paper: says that MOL is pre-trained on Aff-Wild2 and neither how long, nor on which clips or classes
(Section 4.1): the numbers below are this project's own.
"""

from configs import default
from mol_jax.settings import pretraining


def get_config():
    """Returns the config; its fields are explained in generated.py and configs/default.py."""
    config = default.get_config()
    with config.unlocked():
        config.data.name = "affwild2"
        config.data.view = "7class"  # 8class: "other" too; see data_builders/affwild2/README.md
        config.pretrain = pretraining.defaults()
        config.pretrain.held_out = 20  # videos
        config.pretrain.facts = 512
        config.pretrain.every = 500
        config.pretrain.patience = 10
        config.pretrain.workers = 8
        config.pretrain.ahead = 16
        config.pretrain.keep = 40.0
        config.train.steps = 20_000
    return config
