"""A study of generated clips that shows that MOL learns: every task beats its baseline.

    python -m mol_jax.main --config=configs/synthetic_full.py

The clips and the network are those of `synthetic.py`; there are four times the people, whom the
landmark head needs to tell faces apart, and more steps. README.md has its table.
"""

from configs import synthetic


def get_config():
    """Returns the config of 24 folds; under an hour on 2 cores."""
    config = synthetic.get_config()
    config.data.generate.subjects = 24
    config.data.generate.clips = 6
    config.data.generate.amplitude = (2.0, 4.0)
    config.train.steps = 1500
    config.train.log_every = 100
    config.train.save_every = 500
    return config
