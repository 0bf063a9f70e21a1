"""The pre-training of generated.py at the paper's sizes: t = 8, crops of 128 px, a GPU.

The 100,000 clips are drawn once and stay in memory, 75 GB; drawing one takes a quarter of a second
of a core, so fourteen processes are half an hour ahead of nothing and then the device has all.
"""

from configs import default
from mol_jax.settings import pretraining


def get_config():
    """Returns the config; its fields are explained in generated.py and configs/default.py."""
    config = default.get_config()
    with config.unlocked():
        config.data.name = "generated"
        config.data.view = "3class"
        config.pretrain = pretraining.defaults()
        config.pretrain.identities = 25_000
        config.pretrain.held_out = 100
        config.pretrain.every = 1000
        config.pretrain.patience = 10
        config.pretrain.workers = 14
        config.pretrain.ahead = 24
        config.pretrain.keep = 80.0
        config.optim.schedule = "cosine"
        config.optim.warmup = 500
        config.train.steps = 50_000
    return config
