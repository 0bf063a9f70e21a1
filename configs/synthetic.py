"""A study of generated clips that a laptop finishes in five minutes: the README's first command.

    python -m mol_jax.main --config=configs/synthetic.py

The clips are drawn, then built through dlib and TV-L1 like licensed ones; all three tasks are
trained for every fold. It shows every path of the program, at sizes that are far from the paper's.
"""

from configs import default


def get_config():
    """Returns the small config."""
    config = default.get_config()
    with config.unlocked():
        config.data.name = "synthetic"
        config.data.view = "3class_naive"
        config.data.dir = "data/synthetic"
        config.data.frames = 2
        config.data.generate.subjects = 8
        config.data.generate.clips = 6
        config.data.generate.amplitude = (3.0, 4.0)
        config.data.crop = 64
        config.model.width = 32
        config.model.flow_width = 0.125
        config.model.landmark_width = 0.25
        config.augment.crop_jitter = 0.25  # the whole range takes three times the steps to learn
        config.optim.learning_rate = 2e-3
        config.train.steps = 500
        config.train.batch_size = 12
        config.train.log_every = 50
    return config
