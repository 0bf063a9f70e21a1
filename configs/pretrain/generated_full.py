"""The pre-training of generated.py at the paper's sizes: t = 8, crops of 128 px, a GPU.

The 100,000 clips are drawn once and stay in memory, 75 GB. Drawing one takes 0.11 s of a core, so
that fourteen processes need a quarter of an hour for the first epoch, in which a device waits for
them; in the other fifteen it does not.
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
        config.pretrain.easiest = 0.1
        config.pretrain.held_out = 100
        config.pretrain.every = 1000
        config.pretrain.workers = 14
        config.pretrain.ahead = 24
        config.pretrain.keep = 80.0
        config.optim.schedule = "cosine"
        config.optim.warmup = 500
        config.train.steps = 50_000
    return config
